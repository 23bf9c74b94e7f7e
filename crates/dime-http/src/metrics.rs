//! Counters of the HTTP door in the Prometheus text format. Labels are bounded: the route's pattern, the method among nine, the status.

use dime_registry::DkiHealth;
use dime_zone::ZoneSummary;
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::time::Duration;

/// Upper bounds of the latency histogram, in seconds.
const LATENCY: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

const REQUESTS: &str = "dime_http_requests_total";
const DURATION: &str = "dime_http_request_duration_seconds";
const IN_FLIGHT: &str = "dime_http_requests_in_flight";
const OUTCOMES: &str = "dime_registration_requests_total";
const BUILD: &str = "dime_build_info";
const PROBLEMS: &str = "dime_http_problems_total";

const ZONE_DETS: &str = "dime_zone_dets";
const ZONE_DELEGATIONS: &str = "dime_zone_delegations";
const ZONE_SERIAL: &str = "dime_zone_serial";
const AUTHORITY_END: &str = "dime_authority_not_after_seconds";
const AUTHORITY_SIGNATURES: &str = "dime_authority_signatures";
const ALERTS: &str = "dime_alerts";

static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// A recorder of its own, so that two routers in one process do not share counts.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        // `set_buckets` refuses only an empty list.
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&LATENCY).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        let describe = |name: &'static str| (KeyName::from_const_str(name), None::<Unit>);
        let (name, unit) = describe(REQUESTS);
        recorder.describe_counter(name, unit, "Requests answered, by route, method and status.".into());
        let (name, _) = describe(DURATION);
        recorder.describe_histogram(
            name,
            Some(Unit::Seconds),
            "Time from a request's arrival to its answer.".into(),
        );
        let (name, unit) = describe(IN_FLIGHT);
        recorder.describe_gauge(name, unit, "Requests being served.".into());
        let (name, unit) = describe(OUTCOMES);
        recorder.describe_counter(name, unit, "Applications answered, by kind and outcome.".into());
        let (name, unit) = describe(PROBLEMS);
        recorder.describe_counter(name, unit, "Problem documents sent, by type.".into());
        for (zone, about) in [
            (ZONE_DETS, "DETs published, by zone: the live registrations and the authorities."),
            (ZONE_DELEGATIONS, "Delegations, by zone."),
            (ZONE_SERIAL, "Serial of the SOA, by zone."),
            (AUTHORITY_END, "When the first authority of a place and class ends, Unix seconds."),
            (
                AUTHORITY_SIGNATURES,
                "Endorsements known here of the authority of a place and class that gave most.",
            ),
            (ALERTS, "What an administrator should see to, by cause."),
        ] {
            let (name, unit) = describe(zone);
            recorder.describe_gauge(name, unit, about.into());
        }
        let (name, unit) = describe(BUILD);
        recorder.describe_gauge(name, unit, "Always 1; the labels say what runs.".into());
        let metrics = Metrics { recorder, handle };
        let version = Label::from_static_parts("version", env!("CARGO_PKG_VERSION"));
        metrics.recorder.register_gauge(&Key::from_parts(BUILD, vec![version]), &METADATA).set(1.0);
        metrics
    }

    /// One request is answered.
    pub(crate) fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let of_route = || [label("route", route.to_owned()), label("method", method)];
        let mut labels = of_route().to_vec();
        labels.push(label("status", status.to_string()));
        self.recorder.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA).increment(1);
        let key = Key::from_parts(DURATION, of_route().to_vec());
        self.recorder.register_histogram(&key, &METADATA).record(took.as_secs_f64());
    }

    /// A problem document is sent.
    pub(crate) fn problem(&self, slug: &'static str) {
        let key = Key::from_parts(PROBLEMS, vec![label("type", slug)]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// An application is answered.
    pub(crate) fn registered(&self, kind: &'static str, outcome: &'static str) {
        let key = Key::from_parts(OUTCOMES, vec![label("kind", kind), label("outcome", outcome)]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// So many requests are being served.
    pub(crate) fn in_flight(&self, requests: usize) {
        self.recorder.register_gauge(&Key::from_static_name(IN_FLIGHT), &METADATA).set(requests as f64);
    }

    /// The text of all.
    pub(crate) fn render(&self) -> String {
        self.handle.render()
    }

    /// What the zones hold now.
    pub(crate) fn zones(&self, zones: &[ZoneSummary]) {
        for zone in zones {
            let gauge = |name: &'static str, value: f64| {
                let key = Key::from_parts(name, vec![label("zone", zone.cut.name())]);
                self.recorder.register_gauge(&key, &METADATA).set(value);
            };
            gauge(ZONE_DETS, zone.dets as f64);
            gauge(ZONE_DELEGATIONS, zone.delegations as f64);
            gauge(ZONE_SERIAL, f64::from(zone.serial.0));
        }
    }

    /// How the authorities stand now.
    pub(crate) fn dki(&self, health: &DkiHealth) {
        let gauge = |name: &'static str, labels: Vec<Label>, value: f64| {
            self.recorder.register_gauge(&Key::from_parts(name, labels), &METADATA).set(value);
        };
        for place in &health.authorities {
            let labels = || vec![label("hid", place.hid.to_string()), label("class", place.class.name())];
            gauge(AUTHORITY_END, labels(), place.first_end.0 as f64);
            gauge(AUTHORITY_SIGNATURES, labels(), place.most_signatures as f64);
        }
        for (cause, count) in &health.alerts {
            gauge(ALERTS, vec![label("cause", *cause)], *count as f64);
        }
    }

    /// Moves recorded latencies into their buckets; without it they pile up until somebody asks.
    pub(crate) fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn label(name: &'static str, value: impl Into<SharedString>) -> Label {
    Label::new(name, value.into())
}
