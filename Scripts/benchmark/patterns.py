"""The engine that matches events against patterns, alone and on one core."""

import subprocess

from benchmark import run


def measure():
    """The numbers that the program prints, by name."""
    build = ["swift", "build", "-c", "release", "--product", "patternbench"]
    subprocess.run(build, cwd=run.ROOT, check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run([run.ROOT / ".build/release/patternbench"], check=True, capture_output=True, text=True).stdout
    return {name: [float(number) for number in numbers] for name, *numbers in map(str.split, shown.splitlines())}


def patterns(folder):
    measured = measure()
    one = measured["mixed-1"][0]
    for count in (100, 10_000):
        rate = measured[f"mixed-{count}"][0]
        run.row(f"an event against {count:,} mixed rules", f"{rate:,.0f}/s", f"one rule {one:,.0f}/s", f"{one / rate:.1f} ×",
                "≤ 3 ×")
    five, many = measured["exact-5"][0], measured["exact-10000"][0]
    run.row("events against 10,000 exact rules", f"{many:,.0f}/s", f"five rules {five:,.0f}/s", f"{five / many:.1f} ×",
            "≤ 1.5 ×")
    for name, numbers in measured.items():
        if len(numbers) == 2:
            ours, naive = numbers
            run.row(f"events against five rules, {name}", f"{ours:,.0f}/s", f"naive matcher {naive:,.0f}/s",
                    f"{ours / naive:,.0f} ×", "≥ 20 ×")
