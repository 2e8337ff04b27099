"""What may come of a login, with outages and without."""

import collections

# how long after an outage a client may still hear of it: the longest Retry-After, and its own pause
ECHO = 7
# for each outage, ends that docs/scaling.md has for logins that met it
CLEAR = {
    "Redis": {
        ("refused", "503"), ("closed", "1001"), ("call", " 503"), ("call", "/finish 503"), ("call", "/cancel 503"),
        ("call", "/login 503"), ("call", " 404"), ("call", "/finish 404"), ("call", "/cancel 404"), ("call", "/login 400"),
        # remoteauthclient asks for its token once, and takes any other answer for the end
        ("closed", "503"), ("closed", "left"), ("closed", "while it waits"),
    },
    "node": {
        ("refused", "503"), ("refused", "502"), ("closed", "1001"), ("closed", "1006"), ("closed", "None"),
        ("call", " 404"), ("call", "/finish 404"), ("call", "/cancel 404"), ("call", "/login 400"),
        ("cut", "ECONNRESET"), ("cut", "InvalidMessage"), ("cut", "ConnectionResetError"), ("cut", "EOFError"),
        ("closed", "503"), ("closed", "left"), ("closed", "while it waits"), ("closed", "502"), ("closed", "InvalidMessage"),
    },
}
# what the last second of a QR code may answer
LATE = {("closed", "4003"), ("call", " 404"), ("call", "/finish 404"), ("call", "/cancel 404")}
GOOD = ("token", "denied", "expired")


class Verdict:
    def __init__(self):
        self.outages, self.failures, self.lines = [], [], []

    def expect(self, true, otherwise):
        if not true:
            self.failures.append(otherwise)

    def outage(self, what, begin, end):
        self.outages.append((what, begin, end + ECHO))

    def met(self, attempt):
        """The outages that an attempt had something to do in, and those that it only waited through."""
        acted, waited = set(), set()
        qr, scan = attempt.get("qr"), attempt.get("scan")
        for what, begin, end in self.outages:
            if attempt["end"] < begin or attempt["begin"] > end:
                continue
            waits_from, waits_to = qr or attempt["end"], scan or attempt["end"]
            quiet = waits_from < begin and waits_to > end
            (waited if quiet else acted).add(what)
        return acted, waited

    def attempts(self, attempts, people):
        """All that was tried, by `people`."""
        table = collections.defaultdict(collections.Counter)
        clear, again, last = collections.Counter(), collections.Counter(), {}
        for attempt in attempts:
            acted, waited = self.met(attempt)
            how, why = attempt["how"], attempt["why"]
            if (how, why) in LATE and attempt["end"] - attempt["begin"] > 119:
                how = "expired"  # a phone that came in the last second
            if acted:
                group = f"something to do while {' and '.join(sorted(acted))} was away"
            elif waited:
                group = f"waited through the outage of {' and '.join(sorted(waited))}"
            else:
                group = "no outage"
            row = table[group]
            row["all"] += 1
            row[how if how in (*GOOD, "wrong", "stuck") else "clear"] += 1
            row["retried"] += bool(attempt["retries"])
            again.update((answer, "+".join(sorted(acted)) or "none") for answer in attempt["retries"])
            last[attempt["user"]] = attempt
            if how == "expired" or how in GOOD and (acted or not attempt["retries"]):
                continue
            if any((how, why) in CLEAR[what] for what in acted):
                clear[how, why, "+".join(sorted(acted))] += 1
                continue
            # a node that dies takes those along that wait at it
            if waited == {"node"} and how in ("closed", "cut") and (how, why) in CLEAR["node"]:
                clear[how, why, "node"] += 1
                continue
            row["bad"] += 1
            self.failures.append(f"{group}: {attempt}")
        self.expect(len(last) == people, f"{people - len(last)} people have never tried")
        for user, attempt in sorted(last.items()):
            self.expect(attempt["how"] == "token", f"{user} has no token at last: {attempt}")
        columns = ("all", "token", "denied", "expired", "clear", "retried", "wrong", "stuck", "bad")
        self.line("logins", *columns)
        for group in sorted(table):
            self.line(group, *(table[group][column] for column in columns))
        by_client = collections.Counter((a["client"], a["dialect"]) for a in attempts if a["how"] == "token")
        self.lines += ["", *(f"tokens: {n:6d}  {client}, {dialect}" for (client, dialect), n in sorted(by_client.items()))]
        self.lines += ["", *(f"{n:6d} called again after {answer} ({what})" for (answer, what), n in again.most_common())]
        self.lines += ["", *(f"{n:6d} ended by {how} {why} ({what})" for (how, why, what), n in clear.most_common())]

    def programs(self, rows, nodes):
        self.line("program", "KB", "most KB", "last KB", "files", "most", "last", "CPU s")
        for name, (kilobytes, files), (most, most_files), (last, last_files), seconds in rows:
            self.line(name, kilobytes, most, last, files, most_files, last_files, round(seconds))
            if name in nodes:
                self.expect(last_files <= files + 8, f"{name} keeps {last_files - files} files")
                self.expect(last <= kilobytes + 16_384, f"{name} keeps {last - kilobytes} KB")
        self.lines.append("")

    def line(self, first, *rest):
        self.lines.append(f"{first:<48}" + "".join(f"{value:>9}" for value in rest))

    def print(self):
        print("\n" + "\n".join(self.lines) + "\n")
        for failure in self.failures[:40]:
            print("FAILED:", failure)
        print(f"{len(self.failures)} failures")
        return bool(self.failures)
