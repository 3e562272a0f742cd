"""A PhysioNet of one's own, over real HTTP on this computer, and files as it has them.

Annotation files are encoded by annot(5), tables written as the sets' own. What makes them
must never use the code under test: what is fetched is held against what was put here.
"""

import gzip
import hashlib
import http.server
import io
import threading

import numpy as np
from sleepsync.fetch import VARIABLE_ORIGIN, fetch, origin, sleep_accel

NORMAL, PVC, NOISE, NOTE = 1, 5, 14, 22
SKIP, NUM, SUB, CHN, AUX = 59, 60, 61, 62, 63


def word(code, value):
    return (code << 10 | value).to_bytes(2, "little")


def encoded(marks):
    """An annotation file of (sample, code, text) marks."""
    out, last = bytearray(), 0
    for sample, code, text in marks:
        step, last = sample - last, sample
        if not 0 <= step < 1024:
            out += word(SKIP, 0) + (step >> 16 & 0xFFFF).to_bytes(2, "little")
            out += (step & 0xFFFF).to_bytes(2, "little")
            step = 0
        out += word(code, step)
        if text:
            out += word(AUX, len(text)) + text.encode() + b"\0" * (len(text) % 2)
    return bytes(out + word(0, 0))


class Site:
    """A PhysioNet of its own: files, faults, and what was asked."""

    def __init__(self):
        self.files, self.asked, self.faults = {}, [], {}
        self.ranges = True

    def publish(self, folder, files, gap=" "):
        sums = "".join(f"{sha256(data)}{gap}{path}\n" for path, data in files.items())
        self.files |= {f"/{folder}/{path}": data for path, data in files.items()}
        self.files[f"/{folder}/SHA256SUMS.txt"] = sums.encode()

    def answer(self, request):
        start = int((request.headers.get("Range") or "bytes=0-")[6:-1]) if self.ranges else 0
        self.asked.append((request.path, start))
        fault = self.faults.get(request.path, [])
        status, headers, cut = fault.pop(0) if fault else (200, {}, None)
        data = self.files.get(request.path)
        if data is None:
            status, data = 404, b""
        elif start and start >= len(data):
            status = 416
        elif start and status == 200:
            status, headers = 206, {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        body = data[start:]
        request.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body[:cut])


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def serving(monkeypatch):
    """A fixture: a server, named in the environment; nobody waits between attempts."""
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            site.answer(self)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # a client that hangs up is what some tests are about
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(VARIABLE_ORIGIN, site.url)
    monkeypatch.setattr(origin.time, "sleep", lambda _: None)
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def bring(folder, *sets):
    """Fetch into `folder`; the lines that were said."""
    said = []
    fetch(sets, folder, lambda *_: None, said.append)
    return said


HEADER = b"%s 4 250 1800000 23:07:00 17/01/1989\n"


def record(name, beats=(100, 350, 600), stages=((1, "W"), (7500, "2 HA"))):
    """The three files of one slpdb record."""
    return {
        f"{name}.hea": HEADER % name.encode(),
        f"{name}.ecg": encoded([(sample, NORMAL, "") for sample in beats]),
        f"{name}.st": encoded([(sample, NOTE, text) for sample, text in stages]),
    }


def unzipped(path):
    return gzip.decompress(path.read_bytes())


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


SLP01A = [
    "slpdb/.origin.json",
    "slpdb/slp01a_beats.txt.gz",
    "slpdb/slp01a_stages.csv",
]


ECG = "/slpdb/1.0.0/slp01a.ecg"


LONG = record("slp01a", beats=range(100, 900_000, 90))


def csv(heading, columns, form):
    rows = zip(*columns, strict=True)
    text = "".join(",".join(form(cell) for cell in row) + "\n" for row in rows)
    return f"{heading}\n{text}".encode()


def tables(given):
    """The three tables of PhysioNet from which a shared file came."""
    waves = (np.arange(len(given["pleth_u16"])) / 125, given["resp_i16"] / 1e4)
    zeros = np.zeros(len(waves[0]))
    numerics = [given[name] for name in ("hr_bpm", "pulse_bpm", "resp_rate", "spo2_pct")]
    breaths = [list(map(str, given[name])) for name in ("breaths_a", "breaths_b")]
    most = max(map(len, breaths))
    return (
        csv("Time [s], RESP, PLETH, V", (*waves, given["pleth_u16"] / 5e4, zeros), "{:.5f}".format),
        csv("Time [s], HR, PULSE, RESP, SpO2", (numerics[0] * 0, *numerics), "{:g}".format),
        csv(
            "breaths ann1 [signal sample no], breaths ann2 [signal sample no]",
            [marks + [""] * (most - len(marks)) for marks in breaths],
            str,
        ),
    )


def publish_bidmc(site, name, texts):
    kinds = ("Signals", "Numerics", "Breaths")
    files = {f"bidmc_csv/bidmc_{name}_{kind}.csv": t for kind, t in zip(kinds, texts, strict=True)}
    site.publish("bidmc/1.0.0", files)


SMALL = {
    "pleth_u16": np.array([0, 50000]),
    "resp_i16": np.array([-1, 9999]),
    "hr_bpm": np.array([61.0]),
    "pulse_bpm": np.array([np.nan]),
    "resp_rate": np.array([12.0]),
    "spo2_pct": np.array([97.0]),
    "breaths_a": np.array([5, 300, 700]),
    "breaths_b": np.array([6]),
}


ACCEL_S = 1500


EPOCH_S = 30


def motion_rows(shaken_s, hz=50.0):
    """Rows (s, x, y, z) from -40 s on; z is shaken at 6 Hz within `shaken_s`."""
    at_s = np.arange(-40, ACCEL_S + 40, 1 / hz)
    inside = (at_s >= shaken_s[0]) & (at_s < shaken_s[1])
    z_g = -1 + inside * 0.5 * np.sin(2 * np.pi * 6 * at_s)
    return np.round(np.column_stack((at_s, at_s * 0, at_s * 0 + 0.1, z_g)), 6)


def heart_rows(wave=lambda at_s: np.sin(at_s / 40)):
    at_s = np.arange(-35.0, ACCEL_S + 30, 5)
    return np.round(np.column_stack((at_s, 60 + 5 * wave(at_s))), 5)


def label_rows():
    at_s = np.arange(0, ACCEL_S + 1, EPOCH_S)
    return np.column_stack((at_s, np.resize([0, 1, 2, 3, 5], len(at_s))))


def night(**other):
    rows = {"motion": motion_rows((600, 630)), "heart": heart_rows(), "labels": label_rows()}
    return sleep_accel.Recording(**(rows | other))


def text_of(rows, delimiter, form):
    out = io.StringIO()
    np.savetxt(out, rows, delimiter=delimiter, fmt=form)
    return out.getvalue().encode()


def raw_files(person, night):
    return {
        f"motion/{person}_acceleration.txt": text_of(night.motion, " ", "%.6f"),
        f"heart_rate/{person}_heartrate.txt": text_of(night.heart, ",", "%.5f"),
        f"labels/{person}_labeled_sleep.txt": text_of(night.labels, " ", "%d"),
    }
