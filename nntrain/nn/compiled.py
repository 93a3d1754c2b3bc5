"""The loop over mini-batches, compiled by Numba, with BLAS called from inside it.

The same four equations as in ``backprop``, under the same names, and the same steps as in
``optimizer``: the results differ in rounding only. (The relative error of σ is small here even
near 0; ``activations.sigmoid`` has an absolute error of 6e-8.) One function, compiled once for
each dtype, serves every depth, output layer and option. Numba keeps its machine code on disk and
checks only the date of this file, so everything that is compiled is in it.

Importing this module needs the extra ``fast``.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from llvmlite import binding
from numba import njit, typeof, types
from numba.core import cgutils, event
from numba.extending import get_cython_function_address, intrinsic, overload

from nntrain.nn.arrays import Integers

HIDDEN = {"sigmoid": 0, "tanh": 1, "relu": 2}
OUTPUTS = {
    "softmax+log-likelihood": 0,
    "sigmoid+cross-entropy": 1,
    "sigmoid+quadratic": 2,
    "softmax+quadratic": 3,
}
NO_OR_YES = np.frombuffer(b"NT", np.uint8)
NAN_SAFE = {"contract", "arcp", "nsz", "reassoc"}
"""What the compiler may assume: nothing that changes what NaN and infinity do."""


class Shape(NamedTuple):
    """The network, and where its arrays are. Arrays have one element per layer, 0 … L.

    ``n`` are the sizes. ``W`` and ``b`` are offsets into the vector of parameters, whose first
    ``weights`` elements are not biases; ``at`` are offsets into z, a, slope and delta.
    """

    n: Integers
    W: Integers
    b: Integers
    weights: int
    at: Integers
    hidden: int
    output: int


class Options(NamedTuple):
    """Numbers in the network's dtype; ``max_norm`` is 0 for none."""

    pixel: Any
    c: Any
    smoothing: Any
    momentum: Any
    decay: Any
    max_norm: Any


def _declared(name: str, real: types.Type) -> types.ExternalFunction:
    """Declare a function of SciPy's BLAS by name: code with an address in it cannot be cached."""
    symbol = f"nntrain_{name}"
    binding.add_symbol(symbol, get_cython_function_address("scipy.linalg.cython_blas", name))
    # Whole numbers have 64 bits: a BLAS that reads 32 finds the same number there.
    c, i, r = (types.CPointer(kind) for kind in (types.uint8, types.int64, real))
    return types.ExternalFunction(symbol, types.void(c, c, i, i, i, r, r, i, r, i, r, r, i))


SGEMM, DGEMM = _declared("sgemm", types.float32), _declared("dgemm", types.float64)


@intrinsic
def _address(context, value):
    """Return the address of a copy of ``value``, for Fortran."""

    def codegen(context, builder, signature, arguments):
        return cgutils.alloca_once_value(builder, arguments[0])

    return types.CPointer(value)(value), codegen


def gemm(rows, columns, inner, alpha, A, A_T, B, B_T, beta, C):
    """C ← β C + α A B, where C is (rows, columns), A (rows, inner), B (inner, columns).

    All are in C order; with ``A_T`` or ``B_T`` = 1 that factor is stored transposed.
    """


@overload(gemm)
def _gemm(rows, columns, inner, alpha, A, A_T, B, B_T, beta, C):
    blas = SGEMM if C.dtype == types.float32 else DGEMM

    def call(rows, columns, inner, alpha, A, A_T, B, B_T, beta, C):
        # In Fortran's order it is Cᵀ ← β Cᵀ + α Bᵀ Aᵀ.
        blas(
            NO_OR_YES[B_T:].ctypes,
            NO_OR_YES[A_T:].ctypes,
            _address(columns),
            _address(rows),
            _address(inner),
            _address(C.dtype.type(alpha)),
            B.ctypes,
            _address(inner if B_T else columns),
            A.ctypes,
            _address(rows if A_T else inner),
            _address(C.dtype.type(beta)),
            C.ctypes,
            _address(columns),
        )

    return call


def exp(x):
    """e^x, in float32 by arithmetic alone: the compiler can compute several at a time."""


@overload(exp, jit_options={"fastmath": {"contract"}})
def _exp(x):
    if x == types.float64:
        return lambda x: np.exp(x)

    def single(x):
        # e^x = 2^k e^r with a whole number k and |r| ≤ ln 2 / 2 (coefficients: Cephes' expf)
        x = np.float32(88) if x > np.float32(88) else x
        x = np.float32(-87) if x < np.float32(-87) else x
        shifted = x * np.float32(1.44269504) + np.float32(12582912)  # k in the lowest bits
        k = shifted - np.float32(12582912)
        r = x - k * np.float32(0.693359375) + k * np.float32(2.12194440e-4)
        e = np.float32(1.9875691500e-4)
        e = e * r + np.float32(1.3981999507e-3)
        e = e * r + np.float32(8.3334519073e-3)
        e = e * r + np.float32(4.1665795894e-2)
        e = e * r + np.float32(1.6666665459e-1)
        e = e * r + np.float32(5.0000001201e-1)
        e = e * r * r + r + np.float32(1)
        power = np.float32(shifted).view(np.int32) << np.int32(23)
        return np.int32(np.float32(e).view(np.int32) + power).view(np.float32)

    return single


HOW = {"error_model": "numpy", "_nrt": False}
"""Division by zero gives infinity or NaN. Without ``_nrt``, Numba does not count references to
arrays, which takes atomic operations for every slice, and refuses code that allocates memory."""

compiled = njit(
    **HOW,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    fastmath=NAN_SAFE,
)


@compiled
def gather(o, images, rows, n, a):
    """a^0: the pixels of the images ``rows``."""
    for i in range(len(rows)):
        image = images[rows[i]]
        for j in range(n):
            a[i * n + j] = image[j] * o.pixel


@compiled
def multiply(x, y):
    """Multiply elementwise: x ← x ⊙ y."""
    for i in range(len(x)):
        x[i] *= y[i]


@compiled
def activate(s, z, a, slope):
    """a^l = f(z^l), and f'(z^l) for (BP2)."""
    zero, one, two = z.dtype.type(0), z.dtype.type(1), z.dtype.type(2)
    if s.hidden == 0:
        for i in range(len(z)):
            a[i] = one / (one + exp(-z[i]))
            slope[i] = a[i] * (one - a[i])
    elif s.hidden == 1:
        for i in range(len(z)):
            a[i] = two / (one + exp(-two * z[i])) - one
            slope[i] = one - a[i] * a[i]
    else:
        for i in range(len(z)):
            a[i] = zero if z[i] <= zero else z[i]
            slope[i] = zero if z[i] <= zero else one


@compiled
def forward(s, p, z, a, slope, masks, mask_at, done, m):
    """Fill z, a and the slopes for ``m`` examples, the first of which is ``done`` in the block."""
    n, L = s.n, len(s.n) - 1
    if mask_at[0] >= 0:
        multiply(a[: m * n[0]], masks[mask_at[0] + done * n[0] :])
    for l in range(1, L + 1):
        here = slice(s.at[l], s.at[l] + m * n[l])
        z_l, a_l, slope_l, b = z[here], a[here], slope[here], p[s.b[l] : s.b[l] + n[l]]
        # z^l = a^{l−1} Wᵀ + b
        for i in range(m):
            for j in range(n[l]):
                z_l[i * n[l] + j] = b[j]
        gemm(m, n[l], n[l - 1], 1, a[s.at[l - 1] :], 0, p[s.W[l] :], 1, 1, z_l)
        if l < L:
            activate(s, z_l, a_l, slope_l)
            if mask_at[l] >= 0:
                mask = masks[mask_at[l] + done * n[l] :]
                multiply(a_l, mask)
                multiply(slope_l, mask)


@compiled
def softmax(o, z, a, K):
    """a^L = exp(c z) / Σ exp(c z); subtracting the maximum changes no quotient."""
    for i in range(0, len(z), K):
        largest = z[i]
        for j in range(i + 1, i + K):
            largest = largest if z[j] <= largest else z[j]
        for j in range(i, i + K):
            a[j] = o.c * (z[j] - largest)
    for i in range(len(z)):
        a[i] = exp(a[i])
    for i in range(0, len(z), K):
        total = z.dtype.type(0)
        for j in range(i, i + K):
            total += a[j]
        for j in range(i, i + K):
            a[j] /= total


@compiled
def output_delta(s, o, z, a, delta, labels, factor):
    """a^L and (BP1), δ^L = ∂C/∂z^L times ``factor``."""
    K, one = s.n[-1], z.dtype.type(1)
    if s.output == 0 or s.output == 3:
        softmax(o, z, a, K)
        factor *= o.c
    else:
        for i in range(len(z)):
            a[i] = one / (one + exp(-z[i]))
    for i in range(len(z)):
        delta[i] = a[i] - o.smoothing / z.dtype.type(K)
    for i in range(len(labels)):
        delta[i * K + labels[i]] -= one - o.smoothing
    if s.output == 3:
        jacobian(a, delta, K)
    for i in range(len(z)):
        delta[i] *= factor * a[i] * (one - a[i]) if s.output == 2 else factor


@compiled
def jacobian(a, delta, K):
    """δ ← J δ with J = diag(a) − a aᵀ; J 1 = 0, so the δ of the largest a is taken off first."""
    for i in range(0, len(a), K):
        largest = i
        for j in range(i + 1, i + K):
            largest = largest if a[j] <= a[largest] else j
        off, mean = delta[largest], a.dtype.type(0)
        for j in range(i, i + K):
            delta[j] -= off
            mean += a[j] * delta[j]
        for j in range(i, i + K):
            delta[j] = a[j] * (delta[j] - mean)


@compiled
def backward(s, o, p, z, a, slope, delta, labels, factor):
    """Fill every δ, multiplied by ``factor``."""
    n, L, m = s.n, len(s.n) - 1, len(labels)
    here = slice(s.at[L], s.at[L] + m * n[L])
    output_delta(s, o, z[here], a[here], delta[here], labels, factor)
    for l in range(L - 1, 0, -1):
        # (BP2) δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l)
        delta_l = delta[s.at[l] : s.at[l] + m * n[l]]
        above, W = delta[s.at[l + 1] :], p[s.W[l + 1] :]
        gemm(m, n[l], n[l + 1], 1, above, 0, W, 0, 0, delta_l)
        multiply(delta_l, slope[s.at[l] :])


@compiled
def add_gradients(s, a, delta, sums, m, keep_b, keep_W, to):
    """Add to the vector ``to``: b ← keep_b b − (BP3) and W ← keep_W W − (BP4)."""
    n = s.n
    for l in range(1, len(n)):
        b, delta_l = to[s.b[l] : s.b[l] + n[l]], delta[s.at[l] : s.at[l] + m * n[l]]
        # (BP3) ∂C/∂b^l = Σ δ^l, summed first: each δ alone may be too small to change b
        for j in range(n[l]):
            sums[j] = 0
        for i in range(m):
            for j in range(n[l]):
                sums[j] += delta_l[i * n[l] + j]
        for j in range(n[l]):
            b[j] = keep_b * b[j] - sums[j]
        # (BP4) ∂C/∂W^l = (δ^l)ᵀ a^{l−1}
        gemm(n[l], n[l - 1], m, -1, delta_l, 1, a[s.at[l - 1] :], 0, keep_W, to[s.W[l] :])


@compiled
def step(s, o, p, V, a, delta, sums, m, rate):
    """Update the parameters p by the gradients, which have η as a factor."""
    # W ← (1 − ηλ/n) W − η ∂C/∂W,  or with momentum  V ← μV − η(∂C/∂W + λ/n W),  W ← W + V
    one, momentum = p.dtype.type(1), len(V) > 0
    keep_b = o.momentum if momentum else one
    keep_W = o.momentum if momentum else one - rate * o.decay
    add_gradients(s, a, delta, sums, m, keep_b, keep_W, V if momentum else p)
    if momentum:
        for i in range(s.weights):
            V[i] -= rate * o.decay * p[i]
        for i in range(len(p)):
            p[i] += V[i]
    if o.max_norm > 0:
        for l in range(1, len(s.n) - 1):
            limit_norms(p[s.W[l] : s.W[l] + s.n[l] * s.n[l - 1]], s.n[l - 1], o.max_norm)


@compiled
def limit_norms(W, fan_in, most):
    """Scale rows longer than ``most`` down to it."""
    for start in range(0, len(W), fan_in):
        row = W[start : start + fan_in]
        squares = W.dtype.type(0)
        for k in range(fan_in):
            squares += row[k] * row[k]
        if squares > most * most:
            scale = most / np.sqrt(squares)
            for k in range(fan_in):
                row[k] *= scale


def loop(s, o, m, p, V, work, sums, images, rows, labels, rates, masks, mask_at, z_out):
    """Take a step for each ``m`` examples; without ``rates``, only write z^L to ``z_out``.

    Example i of the block is ``images[rows[i]]``, its label ``labels[i]``.
    """
    z, a, slope, delta = work[0], work[1], work[2], work[3]
    number = p.dtype.type
    for start in range(0, len(rows), m):
        some = rows[start : start + m]
        gather(o, images, some, s.n[0], a)
        forward(s, p, z, a, slope, masks, mask_at, start, len(some))
        if len(rates) > 0:
            rate = rates[start // m]
            own = labels[start : start + m]
            backward(s, o, p, z, a, slope, delta, own, number(rate / len(some)))
            step(s, o, p, V, a, delta, sums, len(some), number(rate))
        else:
            for i in range(len(some) * s.n[-1]):
                z_out[start * s.n[-1] + i] = z[s.at[-1] + i]


class _Announcement(event.Listener):
    """Calls ``announce`` when something is compiled, once."""

    def __init__(self, announce: Callable[[], object]) -> None:
        self.announce: Callable[[], object] | None = announce

    def on_start(self, event: Any) -> None:
        announce, self.announce = self.announce, None
        if announce:
            announce()

    def on_end(self, event: Any) -> None:
        """Nothing to do."""


_compiled: dict[tuple[Any, ...], Any] = {}
"""The loop for each tuple of argument types that this process has used."""


def loop_for(arguments: tuple[Any, ...], announce: Callable[[], object]) -> Any:
    """Return the loop for arguments like these, from the cache on disk or compiled now."""
    kinds = tuple(typeof(argument) for argument in arguments)
    if kinds not in _compiled:
        found = None
        with event.install_listener("numba:compile", _Announcement(announce)):
            with suppress(Exception):  # no place for a cache, a damaged file, a full disk, …
                found = njit(nogil=True, cache=True, **HOW)(loop)
                found.compile(kinds)
            # Processes that write the cache together can leave the code for other arguments.
            if found is None or kinds not in found.overloads:
                found = njit(nogil=True, **HOW)(loop)
                found.compile(kinds)
        _compiled[kinds] = found
    return _compiled[kinds]
