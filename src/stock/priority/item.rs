//! From a part of Priority to a record.

use serde_json::{Map, Value as Json};

use super::{BALANCES, PriorityOptions, WAREHOUSE};
use crate::stock::api::odata::rows;
use crate::stock::record::{Fields, Record};

/// One part. What is missing from the answer fails it; a column that is empty is null.
pub(super) fn record(part: &Json, options: &PriorityOptions) -> Record {
    let key = match &part[options.key.as_str()] {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    };
    match fields(part, options) {
        Ok(fields) => Record::new(key, fields),
        Err(why) => Record::unreadable(key, why),
    }
}

fn fields(part: &Json, options: &PriorityOptions) -> Result<Fields, String> {
    let mut fields: Fields = columns(part, &options.columns())?.into_iter().collect();
    for subform in options.expand.keys() {
        let names = options.columns_of(subform);
        let of = |why: String| format!("{subform}: {why}");
        let told = rows(part, subform)?.iter().map(|row| columns(row, &names).map_err(of));
        let told = told.collect::<Result<Vec<_>, String>>()?;
        if subform == BALANCES {
            let locations = told.iter().map(location).collect::<Result<Json, String>>()?;
            fields.insert("locations".to_owned(), locations);
        }
        fields.insert(subform.clone(), told.into_iter().map(Json::Object).collect());
    }
    Ok(fields)
}

/// The columns of a row, with what the server sent in them.
fn columns(row: &Json, names: &[&str]) -> Result<Map<String, Json>, String> {
    let column = |name: &&str| {
        let value = row.get(*name).ok_or_else(|| format!("the answer lacks {name}"))?;
        let is_empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        Ok(((*name).to_owned(), if is_empty { Json::Null } else { value.clone() }))
    };
    names.iter().map(column).collect()
}

/// A balance as a location, which is called as its warehouse is.
fn location(row: &Map<String, Json>) -> Result<Json, String> {
    let Some(name) = row.get(WAREHOUSE).and_then(Json::as_str) else {
        return Err(format!("{BALANCES}: a row has no {WAREHOUSE}"));
    };
    let mut location = row.clone();
    location.insert("id".to_owned(), name.trim().into());
    location.insert("name".to_owned(), name.trim().into());
    Ok(Json::Object(location))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fetch;
    use crate::stock::PriorityLogin;

    fn options() -> PriorityOptions {
        let expand = |name: &str, column: &str| (name.to_owned(), vec![column.to_owned()]);
        PriorityOptions {
            fetch: fetch::Options::default(),
            url: "https://erp.example/odata/Priority/tabula.ini/demo".parse().unwrap(),
            login: PriorityLogin::Token("t".into()),
            app: None,
            form: "LOGPART".to_owned(),
            order: "PARTNAME".to_owned(),
            key: "PARTNAME".to_owned(),
            select: vec!["STATDES".to_owned()],
            expand: [expand(BALANCES, "TBALANCE"), expand("LOGCOUNTERS_SUBFORM", "BALANCE")].into(),
            filter: None,
            page_size: 1,
            batch: 1,
        }
    }

    fn part(balances: Json, counters: Json) -> Json {
        json!({"PARTNAME": " TR0001", "STATDES": "פעיל", "PARTBALANCE_SUBFORM": balances, "LOGCOUNTERS_SUBFORM": counters})
    }

    #[test]
    fn subforms_are_lists_and_balances_are_locations_too() {
        let balances = json!([
            {"WARHSNAME": "Main", "TBALANCE": 3.25, "TYPE": "D"}, {"WARHSNAME": "Main", "TBALANCE": 1, "TYPE": "D"}
        ]);
        let record = record(&part(balances, json!({"BALANCE": 4})), &options());
        assert_eq!(record.key, "TR0001");
        let fields = record.fields.unwrap();
        let first = json!({"TBALANCE": 3.25, "WARHSNAME": "Main", "id": "Main", "name": "Main"});
        assert_eq!(fields["locations"][0], first);
        assert_eq!(fields["locations"].as_array().unwrap().len(), 2);
        assert_eq!(fields["LOGCOUNTERS_SUBFORM"], json!([{"BALANCE": 4}]));
        assert_eq!(fields["STATDES"], "פעיל");
    }

    #[test]
    fn what_is_missing_fails_the_part_and_what_is_empty_is_null() {
        let told = |part: Json| record(&part, &options()).fields;
        let fields = told(json!({
            "PARTNAME": "A", "STATDES": "", "PARTBALANCE_SUBFORM": [], "LOGCOUNTERS_SUBFORM": null
        }))
        .unwrap();
        assert_eq!((&fields["STATDES"], &fields["LOGCOUNTERS_SUBFORM"]), (&Json::Null, &json!([])));
        for (part, expected) in [
            (json!({"PARTNAME": "A", "STATDES": null}), "lacks LOGCOUNTERS_SUBFORM"),
            (json!({"PARTNAME": "A"}), "lacks STATDES"),
            (part(json!([{"TBALANCE": 1}]), json!([])), "PARTBALANCE_SUBFORM: the answer lacks WARHSNAME"),
            (part(json!([{"TBALANCE": 1, "WARHSNAME": ""}]), json!([])), "a row has no WARHSNAME"),
        ] {
            let why = told(part).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
