import os
import subprocess
import sys

import numpy as np
import pytest

from simulation.random import Purpose, bits, children, uniforms

# From the authors' file of known answers (Random123, kat_vectors): key, counter, first two words of the result.
KNOWN = [
    (0, (0, 0, 0, 0), 0xE169C58D6627E8D5),
    (0xFFFFFFFFFFFFFFFF, (0xFFFFFFFF,) * 4, 0x41C83B0E408F276D),
    (0x299F31D0A4093822, (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), 0x94FDCCEBD16CFE09),
]
PLAIN = """
import numpy as np
from simulation.random import children, uniforms
keys = np.array([0, 1, 2**64 - 1, 2**63], np.uint64)
print(uniforms(2**40 + 3, keys, np.arange(4), 5).tobytes().hex(), children(keys, 3).tobytes().hex())
"""


@pytest.mark.parametrize(("seed", "counter", "expected"), KNOWN)
def test_philox_gives_its_authors_known_answers(seed: int, counter: tuple[int, int, int, int], expected: int) -> None:
    key = np.uint64(counter[0] | counter[1] << 32)
    assert int(bits(np.uint64(seed), key, counter[2], counter[3])) == expected


def test_numbers_are_uniform_and_of_one_purpose_tell_nothing_of_another() -> None:
    keys = np.arange(200_000, dtype=np.uint64)
    one, other = uniforms(7, keys, 0, Purpose.NEXT), uniforms(7, keys, 0, Purpose.SERVICE)
    assert 0.0 < one.min() < one.max() < 1.0
    counts = np.histogram(one, 100, (0.0, 1.0))[0]
    assert ((counts - 2_000) ** 2 / 2_000).sum() < 160  # chi-square with 99 degrees of freedom: 99.99%
    for drawn in (other, uniforms(8, keys, 0, Purpose.NEXT), uniforms(7, keys, 1, Purpose.NEXT), np.roll(one, 1)):
        assert abs(np.corrcoef(one, drawn)[0, 1]) < 4 / np.sqrt(len(keys))


def test_a_number_depends_on_its_name_only() -> None:
    keys = np.arange(10, dtype=np.uint64)
    assert uniforms(7, keys, np.arange(10), 3)[4] == uniforms(7, keys[4:5], 4, 3)[0]
    assert len(set(children(keys, 0)) | set(children(keys, 1))) == 20


def test_plain_python_gives_the_same_bits() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PLAIN],
            env={**os.environ, "NUMBA_DISABLE_JIT": plain, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for plain in ("0", "1")
    }
    assert len(said) == 1
    assert len(said.pop().split()[0]) == 64
