"""Guard policies, tried on documents: over HTTP, and with windtunnel guard."""

import json
import subprocess

from conftest import BINARY

POLICY = """let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule VERSIONED when %buckets !empty {
  %buckets.Properties.VersioningConfiguration.Status == 'Enabled' <<Keep versions.>>
}

rule NAMED when %buckets !empty {
  %buckets.Properties.BucketName !exists or
  %buckets.Properties.BucketName == /^shop-/
}
"""


def template(status, **more):
    return {"Resources": {"Logs": {"Type": "AWS::S3::Bucket", "Properties": {
        "VersioningConfiguration": {"Status": status}, **more}}}}


def evaluate(server, policy, document):
    return server.json("POST", "/_windtunnel/guard/evaluate", {"policy": policy, "document": document})


def test_says_pass_fail_and_skip(server):
    assert evaluate(server, POLICY, template("Enabled")) == (
        200, {"status": "PASS", "rules": {"VERSIONED": "PASS", "NAMED": "PASS"}, "checks": []})
    assert evaluate(server, POLICY, {"Resources": {}})[1]["status"] == "SKIP"
    status, verdict = evaluate(server, POLICY, template("Suspended", BucketName="web"))
    assert status == 200
    assert (verdict["status"], verdict["rules"]) == ("FAIL", {"VERSIONED": "FAIL", "NAMED": "FAIL"})
    first = verdict["checks"][0]
    assert first.pop("message")
    assert first == {
        "rule": "VERSIONED", "status": "FAIL", "operator": "==",
        "clause": "%buckets.Properties.VersioningConfiguration.Status == 'Enabled'",
        "path": "/Resources/Logs/Properties/VersioningConfiguration/Status", "value": "Suspended",
        "comparedWith": ["Enabled"], "customMessage": "Keep versions.", "line": 4, "column": 3}


def test_says_where_a_policy_is_wrong(server):
    status, error = evaluate(server, "rule a {\n  b = 1\n}", {})
    assert (status, error["error"], error["line"], error["column"]) == (400, "InvalidPolicy", 2, 5)
    status, error = evaluate(server, "rule a {\n  %b exists\n}", {})
    assert (status, error["error"], error["line"], error["message"]) == (
        400, "EvaluationFailed", 2, "There is no variable b.")
    for body in ["", "{", "[]", '{"policy": "a exists"}', '{"policy": 1, "document": {}}']:
        status, _, content = server.http("POST", "/_windtunnel/guard/evaluate", body)
        assert (status, json.loads(content)["error"]) == (400, "InvalidRequest")


def test_reads_the_clock_of_the_server(server):
    now = server.json("GET", "/_windtunnel/clock")[1]["now"]
    policy = "let now = now()\nlet then = parse_epoch(time)\nrule a { %now >= %then }"
    assert evaluate(server, policy, {"time": now})[1]["status"] == "PASS"
    assert evaluate(server, policy, {"time": "2999-01-01T00:00:00Z"})[1]["status"] == "FAIL"


def test_a_policy_that_thinks_long_keeps_nobody_waiting_for_good(server):
    document = {"l": ["a" * 40 + "!"] * 2000}
    status, error = evaluate(server, "rule a { l[*] == /(a|aa)+$/ }", document)
    assert (status, error["error"]) == (400, "EvaluationFailed")


def run(tmp_path, policy, document):
    (tmp_path / "rules.guard").write_text(policy)
    (tmp_path / "data.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return subprocess.run([BINARY, "guard", "rules.guard", "--data", "data.json"], cwd=tmp_path, capture_output=True,
                          text=True)


def test_command_exits_as_cfn_guard_does(tmp_path):
    passed = run(tmp_path, POLICY, template("Enabled"))
    assert (passed.returncode, passed.stdout) == (0, "PASS\n  PASS  VERSIONED\n  PASS  NAMED\n")
    skipped = run(tmp_path, POLICY, {"Resources": {}})
    assert (skipped.returncode, skipped.stdout.splitlines()[0]) == (0, "SKIP")
    failed = run(tmp_path, POLICY, template("Suspended"))
    assert failed.returncode == 19
    for part in ["FAIL  VERSIONED", "PASS  NAMED", "/Resources/Logs/Properties/VersioningConfiguration/Status", "Suspended",
                 "Keep versions."]:
        assert part in failed.stdout


def test_command_says_what_it_cannot_read(tmp_path):
    wrong = run(tmp_path, "rule a {\n  b = 1\n}", {})
    assert wrong.returncode == 5
    assert wrong.stderr.startswith("rules.guard:2:5: ")
    unanswered = run(tmp_path, "rule a { %b exists }", {})
    assert (unanswered.returncode, unanswered.stderr) == (5, "rules.guard:1:10: There is no variable b.\n")
    assert run(tmp_path, POLICY, "{").returncode == 5
    missing = subprocess.run([BINARY, "guard", "none.guard", "--data", "none.json"], cwd=tmp_path, capture_output=True,
                             text=True)
    assert (missing.returncode, missing.stderr) == (5, "none.guard: No such file or directory\n")


def test_documents_may_be_yaml(tmp_path):
    template = """
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: %s}
      BucketName: !Sub shop-${AWS::Region}
"""
    (tmp_path / "rules.guard").write_text("rule named { Resources.*.Properties.BucketName.'Fn::Sub' == /^shop-/ }\n"
                                          "rule versioned { Resources.*.Properties.VersioningConfiguration.Status == 'yes' }")

    def tried(document):
        (tmp_path / "template.yaml").write_text(document)
        return subprocess.run([BINARY, "guard", "rules.guard", "--data", "template.yaml"], cwd=tmp_path,
                              capture_output=True, text=True)

    # As cfn-guard reads it, yes is no boolean.
    assert (tried(template % "yes").returncode, tried(template % "true").returncode) == (0, 19)
    assert tried("a: b: c").stderr == "template.yaml: not YAML: mapping values are not allowed in this context (line 1, column 5)\n"
    assert tried('{"a": 1,}x').stderr.startswith("template.yaml: not JSON: ")
    assert (tried("# nothing\n").returncode, tried("# nothing\n").stderr) == (
        5, "template.yaml: there is no document in it\n")
