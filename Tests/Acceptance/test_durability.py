"""State that is kept, and state that is not."""

import pathlib
import signal
import subprocess
import threading

from conftest import BINARY


def put(server, name, value="v", kind="String"):
    return server.json("POST", "/ssm/PutParameter", {"Name": name, "Value": value, "Type": kind})


def get(server, name):
    status, answer = server.json("POST", "/ssm/GetParameter", {"Name": name, "WithDecryption": True})
    return answer["Parameter"]["Value"] if status == 200 else None


def refused(folder):
    ended = subprocess.run([BINARY, "serve", "--port", "0", "--data", str(folder)], capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0
    return ended.stderr


def test_a_restart_keeps_everything(start, tmp_path):
    first = start("--data", str(tmp_path / "state"))
    put(first, "/a", "kept")
    put(first, "/s", "open sesame", "SecureString")
    assert first.stop() == 0
    second = start("--data", str(tmp_path / "state"))
    assert (get(second, "/a"), get(second, "/s")) == ("kept", "open sesame")
    assert "state is kept" in second.start_line


def test_a_moved_clock_goes_on_after_a_restart(start, tmp_path):
    first = start("--data", str(tmp_path))
    first.json("POST", "/_windtunnel/clock", {"freeze": True})
    first.json("POST", "/_windtunnel/clock", {"set": "2031-05-01T00:00:00Z"})
    first.stop()
    second = start("--data", str(tmp_path))
    assert second.json("GET", "/_windtunnel/clock")[1] == {"now": "2031-05-01T00:00:00.000Z", "mode": "frozen"}
    second.json("POST", "/_windtunnel/clock", {"resume": True})
    second.stop()
    assert start("--data", str(tmp_path)).json("GET", "/_windtunnel/clock")[1]["mode"] == "system"


def test_what_was_acknowledged_survives_a_kill(start, tmp_path):
    server = start("--data", str(tmp_path))
    acknowledged = []

    def write(worker):
        for number in range(1000):
            try:
                if put(server, f"/{worker}/{number}")[0] == 200:
                    acknowledged.append(f"/{worker}/{number}")
            except OSError:
                return
            if len(acknowledged) > 300:
                server.process.send_signal(signal.SIGKILL)

    workers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    server.process.wait(timeout=20)
    again = start("--data", str(tmp_path))
    assert len(acknowledged) > 300
    assert [name for name in acknowledged if get(again, name) != "v"] == []


def test_no_plaintext_of_a_secret_is_on_disk(start, tmp_path):
    server = start("--data", str(tmp_path))
    put(server, "/s", "open sesame", "SecureString")
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"parameter/s" in files and b"sesame" not in files


def test_a_second_process_is_refused(start, tmp_path):
    server = start("--data", str(tmp_path))
    assert "another windtunnel is using" in refused(tmp_path)
    assert put(server, "/still")[0] == 200


def test_foreign_damaged_and_newer_files_are_refused_and_left_as_they_are(start, tmp_path):
    start("--data", str(tmp_path / "good")).stop()
    good = (tmp_path / "good/windtunnel.db").read_bytes()
    newer = good[:60] + (99).to_bytes(4, "big") + good[64:]
    for name, content, text in (("foreign", b"hello" * 100, "no windtunnel state"), ("newer", newer, "a newer windtunnel"),
                                ("short", good[:len(good) // 2 // 4096 * 4096], "left as it is")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "windtunnel.db").write_bytes(content)
        assert text in refused(folder)
        assert (folder / "windtunnel.db").read_bytes() == content


def test_temporary_state_leaves_nothing_behind(start, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = start()
    put(server, "/a")
    assert "state is temporary" in server.start_line
    server.stop(signal.SIGKILL)
    assert list(pathlib.Path(tmp_path).iterdir()) == []
