//! A process that writes without end is killed at any moment; what it leaves must hold together.

use std::io::{BufRead as _, BufReader};

use super::*;

#[test]
fn a_kill_at_any_moment_leaves_an_incident_with_its_notice_or_neither() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = 0;
    for round in 0_u64..4 {
        let mut child = child("store::tests::kill::writes_until_killed", &folder);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut commits = 0;
        while commits < 5 * (round + 1) {
            commits += u64::from(said.next().expect("the child writes on").contains("committed"));
        }
        std::thread::sleep(Duration::from_micros(700 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        commits += said.filter(|line| line.contains("committed")).count() as u64;

        let store = Store::open(&options(&folder)).unwrap();
        let sound: String = store.connection.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let incidents = store.incidents(&Wanted::default(), 0, usize::MAX >> 1).unwrap();
        written += commits;
        assert!(incidents.len() as u64 >= written, "{} incidents after {written} commits", incidents.len());
        let is_told = |incident: &Incident| store.tellings(incident.id.unwrap()).unwrap().len() == 1;
        assert!(incidents.iter().all(is_told), "every one counts as told");
        let notices = store.notices(None, 1 << 30).unwrap();
        let mut told: Vec<i64> = notices.into_iter().flat_map(|one| one.tells).map(|(incident, _)| incident).collect();
        told.sort_unstable();
        assert_eq!(told, incidents.iter().filter_map(|incident| incident.id).collect::<Vec<_>>(), "and has its notice");
        written = incidents.len() as u64;
    }
}

#[test]
#[ignore = "the other process of the test above"]
fn writes_until_killed() {
    let Some(folder) = folder_from_parent() else { return };
    let options = Options { file: folder.join("state/stocktruth.db"), keep: Duration::from_secs(1) };
    let mut store = Store::open(&options).unwrap();
    let run = store.begin_run(hour(0)).unwrap();
    for n in 0..100_000 {
        let writing = store.transaction(Some(run)).unwrap();
        let opened = change(ChangeKind::Opened, incident(&format!("{run}-{n}"), IncidentState::Open));
        let id = writing.apply(&opened).unwrap();
        writing.queue(&notice(&format!("<{run}-{n}@x>"), &[id])).unwrap();
        writing.commit().unwrap();
        println!("committed");
    }
}
