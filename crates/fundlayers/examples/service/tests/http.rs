//! The service over HTTP on the loopback, as its own process.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use fundlayers::answer::{Operation, Request};
use serde_json::{Value, json};

struct Service {
    process: Child,
    address: String,
    _output: BufReader<ChildStdout>,
}

impl Service {
    fn start(options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fundlayers-service-example"));
        command.args(["--listen", "127.0.0.1:0"]).args(options).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { process, address, _output: output }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    fn call(&self, head: &str, body: &str) -> Reply {
        let mut stream = self.connect();
        let length = body.len();
        write!(stream, "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        Reply::read(stream)
    }

    fn get(&self, path: &str) -> Reply {
        self.call(&format!("GET {path}"), "")
    }

    fn ask(&self, request: &Value) -> Reply {
        self.call("POST /answer", &request.to_string())
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn read(mut stream: impl Read) -> Self {
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        let (head, body) = all.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The problem that it is, which says its own status.
    fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        let problem = self.json();
        assert_eq!(problem["status"], status);
        problem
    }
}

/// What the command line says: the one that `FUNDLAYERS_COMMAND_LINE` names, else one that is built for it.
fn command_line(arguments: &[&str]) -> String {
    let built = std::env::var_os("FUNDLAYERS_COMMAND_LINE");
    let mut command =
        Command::new(built.clone().or_else(|| std::env::var_os("CARGO")).unwrap_or_else(|| "cargo".into()));
    if built.is_none() {
        command.args(["run", "--quiet", "-p", "fundlayers-cli", "--"]);
    }
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_answer_is_the_command_lines() {
    let service = Service::start(&[]);
    let reply = service.ask(&json!({ "operation": "totals" }));
    assert_eq!((reply.status, reply.body), (200, command_line(&["totals", "--format", "json"])));
    let changed =
        json!({ "operation": "totals", "by": ["layer"], "set": { "classes.municipal-town.standard": "650" } });
    let arguments = ["totals", "--by", "layer", "--set", "classes.municipal-town.standard=650", "--format", "json"];
    assert_eq!(service.ask(&changed).body, command_line(&arguments));
}

#[test]
fn policies_are_listed_shown_and_loaded() {
    let folder = std::env::temp_dir().join(format!("fundlayers-service-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let own = "id = 'own'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n[payers]\ncity = {}\n\
               [[layers]]\nid = 'city'\npayer = 'city'\n[[classes]]\nid = 'all'\nfunding = { city = 3 }\n";
    std::fs::write(folder.join("own.toml"), own).unwrap();
    std::fs::write(folder.join("notes.txt"), "no policy").unwrap();
    let service = Service::start(&["--policies", folder.to_str().unwrap()]);
    let list = service.get("/policies").json();
    let entry = |policy: &Value| (policy["id"].as_str().unwrap().to_owned(), policy["roster"].as_bool().unwrap());
    let entries: Vec<_> = list.as_array().unwrap().iter().map(entry).collect();
    assert_eq!(entries, [("own".to_owned(), false), ("tongchuan-2023".to_owned(), true)]);
    let document = service.get("/policies/own").json();
    assert_eq!((&document["id"], &document["unit"]), (&json!("own"), &json!("元")));
    // By its id, and as the document that was given.
    for policy in [json!("own"), document] {
        let reply = service.ask(&json!({ "operation": "totals", "policy": policy, "roster": [{ "name": "黄堡镇" }] }));
        assert_eq!(reply.json()["rows"][0]["amount"], "3", "{}", reply.body);
    }
    let missing = service.ask(&json!({ "operation": "totals", "policy": "own" })).problem(400);
    assert_eq!(missing["type"], "/problems/missing-key");
    // A mistake in a file ends the service before it begins.
    std::fs::write(folder.join("wrong.toml"), "id = 'wrong'\nunit = '两'").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fundlayers-service-example"));
    let output = command.args(["--listen", "127.0.0.1:0", "--policies"]).arg(&folder).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("wrong.toml"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_bad_policy_has_all_its_problems_in_the_language_asked_for() {
    let service = Service::start(&[]);
    let request = json!({ "operation": "totals", "policy": { "id": "e", "unit": "两", "wages": 1 }, "roster": [] });
    let told = |language: &str| {
        let reply = service
            .call(&format!("POST /answer HTTP/1.1\r\nAccept-Language: {language}\r\nX-Rest:"), &request.to_string());
        assert!(reply.head.contains(&format!("content-language: {}", if language == "en" { "en" } else { "zh" })));
        reply.problem(400)
    };
    let (zh, en) = (told("zh-CN,zh;q=0.9,en;q=0.8"), told("en"));
    let problems = en["problems"].as_array().unwrap();
    assert!(problems.len() > 2, "{en}");
    let codes: Vec<_> = problems.iter().map(|problem| problem["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"unknown-key") && codes.contains(&"missing-key"), "{codes:?}");
    assert_eq!(en["type"], format!("/problems/{}", codes[0]));
    assert!(en["detail"].as_str().unwrap().starts_with(&format!("{} problems, the first: ", problems.len())), "{en}");
    let code = fundlayers::Code::ALL.iter().find(|code| code.as_str() == codes[0]).unwrap();
    assert_eq!(
        (&en["title"], &zh["title"]),
        (&json!(code.meaning(fundlayers::Lang::En)), &json!(code.meaning(fundlayers::Lang::Zh)))
    );
    assert_ne!(en["problems"][0]["message"], zh["problems"][0]["message"]);
    // What its type names says what it means.
    let meaning = service.get(en["type"].as_str().unwrap());
    assert_eq!((meaning.status, &meaning.json()["meaning"]), (200, &en["title"]));
}

#[test]
fn what_is_not_known_is_refused() {
    let service = Service::start(&[]);
    let unknown = service.ask(&json!({ "operation": "total" })).problem(400);
    assert_eq!(
        (&unknown["type"], &unknown["problems"][0]["found"]),
        (&json!("/problems/unknown-word"), &json!("total"))
    );
    assert_eq!(service.call("POST /answer", "{ \"operation\"").problem(400)["type"], "/problems/syntax");
    assert_eq!(service.get("/policies/tongchuan").problem(404)["type"], "/problems/unknown-policy");
    assert_eq!(service.get("/problems/none").problem(404)["status"], 404);
    assert_eq!(service.get("/nowhere").problem(404)["type"], "about:blank");
    let other = service.get("/answer");
    assert_eq!(other.problem(405)["type"], "about:blank");
    assert!(other.head.contains("allow: post"), "{}", other.head);
    // A file that is there is not opened.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(
        service.ask(&json!({ "operation": "totals", "policy": file })).problem(400)["type"],
        "/problems/unknown-policy"
    );
    assert_eq!(
        service.ask(&json!({ "operation": "totals", "roster": file })).problem(400)["type"],
        "/problems/cannot-read"
    );
}

#[test]
fn a_body_has_a_size_and_a_time() {
    let service = Service::start(&["--body-limit", "100", "--time-limit", "0.3"]);
    assert_eq!(service.ask(&json!({ "operation": "totals" })).status, 200);
    let large = service.ask(&json!({ "operation": "totals", "recipient": "x".repeat(100) })).problem(413);
    assert_eq!(large["type"], "/problems/too-large");
    // In pieces that do not say how much will come.
    let mut stream = service.connect();
    let piece = format!("64\r\n{}\r\n", " ".repeat(100));
    write!(
        stream,
        "POST /answer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{piece}{piece}"
    )
    .unwrap();
    Reply::read(stream).problem(413);
    let mut stream = service.connect();
    write!(stream, "POST /answer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{{").unwrap();
    Reply::read(stream).problem(408);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up_and_keeps_its_place() {
    let service = Service::start(&["--time-limit", "0.2", "--at-once", "1"]);
    // Many policies, one after the other: small to send, long to compute.
    let scenario =
        |number: u32| json!({ "name": number.to_string(), "set": { "classes.municipal-town.standard": 600 + number } });
    let scenarios: Vec<_> = (0..5_000).map(scenario).collect();
    let overdue = service.ask(&json!({ "operation": "scenarios", "scenarios": scenarios }));
    assert!(overdue.head.contains("retry-after: 1"), "{}", overdue.head);
    assert_eq!(overdue.problem(503)["type"], "about:blank");
    // Its computation goes on, and the next waits; then there is room again.
    let small = json!({ "operation": "totals" });
    let until_room = (0..300).map(|_| service.ask(&small).status).take_while(|status| *status == 503).count();
    assert!((1..300).contains(&until_room), "{until_room}");
}

#[test]
fn what_has_begun_is_finished_before_the_end() {
    let mut service = Service::start(&[]);
    let body = json!({ "operation": "totals" }).to_string();
    let mut stream = service.connect();
    let length = body.len();
    write!(stream, "POST /answer HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
        .unwrap();
    // The request has begun once the service asks for its body.
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    reader.read_line(&mut line).unwrap();
    service.terminate();
    let refuses = || {
        std::thread::sleep(Duration::from_millis(20));
        TcpStream::connect(&service.address).is_err()
    };
    assert!((0..250).any(|_| refuses()), "still listening");
    stream.write_all(body.as_bytes()).unwrap();
    let reply = Reply::read(reader);
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("\"rows\""));
    assert!(service.process.wait().unwrap().success());
}

#[test]
fn the_description_is_true() {
    let service = Service::start(&[]);
    let described = service.get("/openapi.json").json();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1."));
    let schemas = &described["components"]["schemas"];
    let keys = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(keys(&schemas["Request"]["properties"]), Request::KEYS.map(str::to_owned).into());
    assert_eq!(schemas["Request"]["properties"]["operation"]["enum"], json!(Operation::ALL.map(Operation::as_str)));
    // Every path is there, and every reference leads somewhere.
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "tongchuan-2023").replace("{code}", "syntax");
        let status =
            if methods.get("get").is_some() { service.get(&path) } else { service.call(&format!("POST {path}"), "") }
                .status;
        assert_eq!(status, if path == "/answer" { 400 } else { 200 }, "{path}");
    }
    let text = described.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(described.pointer(reference).is_some(), "{reference}");
    }
    for example in described["paths"]["/answer"]["post"]["requestBody"]["content"]["application/json"]["examples"]
        .as_object()
        .unwrap()
        .values()
    {
        assert_eq!(service.ask(&example["value"]).status, 200, "{example}");
    }
    // What comes has no other keys than those described.
    let within =
        |found: &Value, schema: &str| assert!(keys(found).is_subset(&keys(&schemas[schema]["properties"])), "{found}");
    within(
        &service.ask(&json!({ "operation": "compare", "set": { "classes.municipal-town.standard": "650" } })).json(),
        "Answer",
    );
    within(&service.get("/policies").json()[0], "PolicyEntry");
    within(&service.get("/problems/syntax").json(), "Code");
    within(&service.ask(&json!({ "operation": "total" })).json(), "Problem");
}
