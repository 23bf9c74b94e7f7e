//! MAVLink messages for a flight controller or a Remote ID module (MAVLink common.xml: OPEN_DRONE_ID_*, ids 12900 to 12902), as the
//! fields that any MAVLink library takes. Units are those of MAVLink, which are not those of F3411.

use drip_wire::broadcast::{BasicId, Location, Message, Page};
use serde_json::{Map, Value, json};

use super::schedule::Sent;
use crate::object::broadcast::OnAir;
use crate::outcome::Failure;

/// One object a message, in the order in which they are sent: `mavpackettype`, `at`, and the fields.
pub(super) fn document(sent: &[Sent], target: (u8, u8)) -> Result<Value, Failure> {
    let mut messages = Vec::new();
    for sent in sent {
        for message in &sent.messages {
            let OnAir::Message(message) = message else {
                return Err(Failure::usage(
                    "MAVLink takes messages one by one, the module makes packs of them: use --transport legacy",
                ));
            };
            let Some((name, fields)) = fields(message) else { continue };
            let mut document = Map::new();
            document.insert("mavpackettype".to_owned(), json!(name));
            document.insert("at".to_owned(), json!(sent.at.to_string()));
            document.insert("target_system".to_owned(), json!(target.0));
            document.insert("target_component".to_owned(), json!(target.1));
            document.insert("id_or_mac".to_owned(), json!(vec![0_u8; 20]));
            document.extend(fields);
            messages.push(Value::Object(document));
        }
    }
    Ok(Value::Array(messages))
}

fn fields(message: &Message) -> Option<(&'static str, Map<String, Value>)> {
    let fields = BasicId::read(message).map(|message| ("OPEN_DRONE_ID_BASIC_ID", basic_id(&message)));
    let fields = fields
        .or_else(|| Location::read(message).map(|message| ("OPEN_DRONE_ID_LOCATION", location(&message))));
    let (name, fields) = fields
        .or_else(|| Page::read(message).map(|page| ("OPEN_DRONE_ID_AUTHENTICATION", page_fields(&page))))?;
    match fields {
        Value::Object(fields) => Some((name, fields)),
        _ => None,
    }
}

fn basic_id(message: &BasicId) -> Value {
    json!({
        "id_type": message.id_type().0,
        "ua_type": message.ua_type().0,
        "uas_id": message.id(),
    })
}

/// Last page index, length and timestamp have fields of their own, in page 0 only.
fn page_fields(page: &Page) -> Value {
    let payload = page.payload();
    let (last, length, timestamp, data) = match (page.number(), payload) {
        (0, [last, length, a, b, c, d, data @ ..]) => {
            let mut filled = [0; 23];
            for (place, octet) in filled.iter_mut().zip(data) {
                *place = octet;
            }
            (last, length, u32::from_le_bytes([a, b, c, d]), filled)
        }
        _ => (0, 0, 0, payload),
    };
    json!({
        "authentication_type": page.authentication_type().value(),
        "data_page": page.number(),
        "last_page_index": last,
        "length": length,
        "timestamp": timestamp,
        "authentication_data": data,
    })
}

fn location(message: &Location) -> Value {
    let metres = |decimetres: i32| f64::from(decimetres) / 10.0;
    let [horizontal, vertical, barometer, speed, time] = message.accuracies();
    json!({
        "status": message.status(),
        // Hundredths of a degree.
        "direction": u32::from(message.track()) * 100,
        "speed_horizontal": message.speed(),
        "speed_vertical": message.climb(),
        "latitude": message.latitude(),
        "longitude": message.longitude(),
        "altitude_barometric": metres(message.pressure_altitude()),
        "altitude_geodetic": metres(message.altitude()),
        "height_reference": message.height_reference(),
        "height": metres(message.height()),
        "horizontal_accuracy": horizontal,
        "vertical_accuracy": vertical,
        "barometer_accuracy": barometer,
        "speed_accuracy": speed,
        "timestamp": f64::from(message.tenths_of_hour()) / 10.0,
        "timestamp_accuracy": time,
    })
}
