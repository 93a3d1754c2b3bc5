"""The machine and the software versions of a measurement."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from nntrain.cli.blas_threads import available_cores

PREFIXES = ("OPENBLAS_", "OMP_", "MKL_", "XLA_")
"""Variables that change what is measured; each contestant inherits them, but for threads."""
PACKAGES = ("nntrain", "numpy", "scipy", "numba", "torch", "jax", "scikit-learn")


def describe() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": available_cores(),
        "vectors": _vectors(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "blas": _blas(),
        "environment": {k: v for k, v in os.environ.items() if k.startswith(PREFIXES)},
        "packages": {name: _version(name) for name in PACKAGES},
    }


def in_words(machine: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {found}" for name, found in machine["packages"].items())
    variables = ", ".join(f"{name}={value}" for name, value in machine["environment"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['vectors']}, "
        f"{machine['system']}\n"
        f"Python {machine['python']}, {packages}\n"
        f"NumPy's BLAS: {machine['blas']}; load average at the start: {machine['load']}\n"
        f"set in the environment: {variables or 'nothing about BLAS'}"
    )


def peak_multiplications() -> float:
    """Return how many multiplications a second a large product makes, by NumPy on all cores."""
    import numpy as np

    size = 3072
    a = np.ones((size, size), np.float32)
    b, out = a.copy(), a.copy()
    seconds = []
    for _ in range(6):
        begun = perf_counter()
        np.dot(a, b, out)
        seconds.append(perf_counter() - begun)
    return float(size**3 / min(seconds))


def _processor() -> str:
    """Return the processor's name; only Linux tells more than its architecture."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _vectors() -> str:
    """Return the processor's widest vectors, which BLAS may or may not use."""
    flags = _cpuinfo("flags").split()
    known = {"avx512f": "AVX-512", "avx2": "AVX2"}
    return next((name for flag, name in known.items() if flag in flags), "vectors unknown")


def _cpuinfo(key: str) -> str:
    """Return Linux's first value for ``key``, or "" on other systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in pairs if name.strip() == key), "")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _blas() -> str:
    """Return the BLAS that NumPy has loaded or, without threadpoolctl, was built with."""
    import numpy as np

    if find_spec("threadpoolctl"):
        from threadpoolctl import threadpool_info

        loaded = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        if loaded:
            words = ("internal_api", "version", "architecture", "threading_layer")
            return " ".join(str(loaded[0][word]) for word in words if loaded[0].get(word))
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
