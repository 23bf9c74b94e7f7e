//! The operator's consent: who is named must be a live registered operator, and must agree.

use super::{Attempt, Case};
use crate::{
    ApplicantFault, Kind, Registry,
    policy::Vouching,
    proof::{Newcomer, check_attestation, check_signer},
    registry::state_at,
};
use dime_store::{Evidence, Registration, State};
use drip_det::Det;

impl Registry {
    /// What shows the consent of the operator; `None` when there is no operator to ask.
    pub(super) fn consent(&self, case: &Case<'_>) -> Result<Option<Evidence>, Attempt> {
        let voucher = case.voucher.as_ref().filter(|_| self.vouching() == Vouching::Allowed);
        let vouched = || voucher.map(|voucher| Evidence::Vouched { by: voucher.by.clone() });
        let kind = case.examined.application.kind;
        let Some(operator) = case.examined.operator else {
            return match kind {
                Kind::Aircraft | Kind::Session if voucher.is_none() => {
                    Err(ApplicantFault::OperatorMissing(kind).into())
                }
                _ => Ok(vouched()),
            };
        };
        let record = self.live_operator(operator, case)?;
        match (&case.examined.application.operator_attestation, case.caller.det()) {
            (Some(attestation), _) => {
                let newcomer = Newcomer { det: case.examined.det, hi: case.examined.csr.hi() };
                let operator = Newcomer { det: operator, hi: &record.hi };
                check_attestation(attestation, operator, newcomer, case.now)
                    .map_err(ApplicantFault::OperatorProofInvalid)?;
                Ok(Some(Evidence::Attestation(attestation.clone())))
            }
            (None, Some(signer)) => {
                check_signer(signer, operator)?;
                let signed = case.examined.application.evidence.clone().unwrap_or_default();
                Ok(Some(Evidence::MessageSignature { operator, signed }))
            }
            (None, None) => {
                let evidence = vouched().ok_or(ApplicantFault::OperatorProofMissing(operator))?;
                Ok(Some(evidence))
            }
        }
    }

    fn live_operator(&self, operator: Det, case: &Case<'_>) -> Result<Registration, Attempt> {
        let record =
            self.store.registration_by_det(operator)?.ok_or(ApplicantFault::UnknownOperator(operator))?;
        if record.kind != Kind::Operator {
            return Err(ApplicantFault::NotAnOperator { det: operator, kind: record.kind }.into());
        }
        match state_at(&record, case.now) {
            State::Registered => Ok(record),
            state => Err(ApplicantFault::OperatorNotValid { operator, state }.into()),
        }
    }
}
