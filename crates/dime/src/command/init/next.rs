//! What to do after `dime init`: the ceremony.

use drip_det::Hid;

use super::{Init, Role, keys::Made};

/// The next steps, to be read and pasted.
pub(super) fn text(command: &Init, hid: Hid, keys: &[Made]) -> String {
    let dir = command.dir.display();
    let (raa, hda) = (hid.raa, hid.hda);
    let role = command.role.name();
    let mut lines = format!("{} is ready for the {role} {hid}\n", dir);
    for key in keys {
        lines.push_str(&format!("issuing     {} for {} in {}\n", key.det, key.name, key.file.display()));
    }
    if command.another {
        lines.push_str(&another(command));
        return lines;
    }
    lines.push_str("No Authorization key is here, and none must ever be. What comes next:\n");
    lines.push_str(&format!(
        "1. where there is no network, make the Authorization key and its request:\n   \
         dime key new --encrypt --out {role}-authorization.pem\n   \
         dime csr new --key {role}-authorization.pem --raa {raa} --hda {hda} --out {role}-authorization.csr\n"
    ));
    let parent = command.parent.as_deref().unwrap_or("URL");
    match (command.role, &command.parent) {
        (Role::Apex, _) | (Role::Raa, None) => lines.push_str(&format!(
            "2. ask for the ceremony, in which it endorses itself and the keys above:\n   \
             dime ceremony request --dir {dir} --csr {role}-authorization.csr --out request.cbor\n\
             3. sign it where the Authorization key is, and take the answer in:\n   \
             dime ceremony sign --request request.cbor --key {role}-authorization.pem --out answer.cbor\n   \
             dime ceremony import --dir {dir} answer.cbor\n"
        )),
        (Role::Raa | Role::Hda | Role::Secondary, _) => lines.push_str(&format!(
            "2. register it with the level above, and take in the chain that it hands down after its own ceremony:\n   \
             dime register {role} --csr {role}-authorization.csr --server {parent} --out registration\n   \
             curl -o chain.cbor {parent}/v1/registrations/ID/bundle\n   \
             dime ceremony import --dir {dir} chain.cbor\n\
             3. have the keys above endorsed:\n   \
             dime ceremony request --dir {dir} --out request.cbor\n   \
             dime ceremony sign --request request.cbor --key {role}-authorization.pem --out answer.cbor\n   \
             dime ceremony import --dir {dir} answer.cbor\n"
        )),
    }
    lines.push_str(&format!("It may be served meanwhile: dime serve --config {dir}/dime.toml\n"));
    lines.push_str(&match (command.role, &command.parent) {
        (Role::Apex, _) | (Role::Raa, None) => format!(
            "Its zones are signed; whoever validates them needs their key: dime dnssec ds --dir {dir} --anchor\n"
        ),
        (Role::Raa | Role::Hda | Role::Secondary, _) => format!(
            "The level above delegates to name servers, and to keys where zones are signed; give both with the registration:\n   \
             --name-server NAME=ADDRESS, and for every line of 'dime dnssec ds --dir {dir}' a --ds\n"
        ),
    });
    lines.push_str(
        "How it stands afterwards: dime authority list, dime authority alerts, dime dnssec status\n",
    );
    lines
}

/// A roll-over: both keys are in force, until the older one is taken out.
fn another(command: &Init) -> String {
    let (dir, role) = (command.dir.display(), command.role.name());
    format!(
        "What comes next: have the new key endorsed, and serve with both. The newest signs; what the older signed stays valid.\n   \
         dime ceremony request --dir {dir} --out request.cbor\n   \
         dime ceremony sign --request request.cbor --key {role}-authorization.pem --out answer.cbor\n   \
         dime ceremony import --dir {dir} answer.cbor\n   \
         dime serve --config {dir}/dime.toml\n\
         Later, if the older is to go before its end: issue anew what it signed, and retire it.\n   \
         dime authority reissue OLD-DET --wait\n   \
         dime authority retire OLD-DET --reason replaced --at TIME\n"
    )
}
