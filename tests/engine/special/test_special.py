"""Special functions on arrays, by the identities that they obey; PyTorch's numbers are in tests/oracle/expressions."""

import math

import numpy as np
import pytest
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre

from engine.special import bessel, error_functions, gamma_functions, incomplete_gamma, orthogonal
from engine.special.series import FEW

MANY = np.linspace(-7.9, 8.1, 4 * FEW)
POSITIVE = np.linspace(0.01, 30, 4 * FEW)


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (error_functions.erf, MANY),
        (error_functions.erfc, MANY),
        (gamma_functions.lgamma, MANY),
        (gamma_functions.digamma, MANY),
    ],
)
def test_few_elements_and_many_give_the_same(function, x):
    one_by_one = np.concatenate([function(part) for part in np.array_split(x, 8)])

    np.testing.assert_allclose(function(x), one_by_one, rtol=1e-12, atol=1e-14)


def test_the_error_function_of_many_single_precision_numbers_is_exact_to_their_last_digits():
    x = MANY.astype(np.float32)

    made = error_functions.erf(x)

    assert made.dtype == np.float32
    np.testing.assert_allclose(made, [math.erf(v) for v in x.tolist()], rtol=5e-7)


def test_erf_and_erfc_add_up_to_one_and_erfcx_scales_erfc():
    np.testing.assert_allclose(error_functions.erf(MANY) + error_functions.erfc(MANY), 1, rtol=1e-14)
    scaled = np.exp(POSITIVE[:500] ** 2) * error_functions.erfc(POSITIVE[:500])
    np.testing.assert_allclose(error_functions.erfcx(POSITIVE[:500]), scaled, rtol=1e-12)


def test_erfinv_and_ndtri_undo_erf_and_the_normal_distribution():
    y = np.linspace(-0.999, 0.999, 1001)

    np.testing.assert_allclose(error_functions.erf(error_functions.erfinv(y)), y, rtol=1e-13, atol=1e-15)
    x = np.linspace(-20, 5, 1001)
    np.testing.assert_allclose(error_functions.ndtri(np.exp(error_functions.log_ndtr(x))), x, rtol=1e-9, atol=1e-12)


def test_digamma_and_its_derivatives_obey_their_recurrences():
    np.testing.assert_allclose(
        gamma_functions.digamma(POSITIVE + 1), gamma_functions.digamma(POSITIVE) + 1 / POSITIVE, rtol=1e-11, atol=1e-12
    )
    x = POSITIVE[POSITIVE > 0.1]
    for n in (1, 2, 3, 4):
        step = (-1) ** n * math.factorial(n) * x ** (-n - 1)
        np.testing.assert_allclose(
            gamma_functions.polygamma(x + 1, n), gamma_functions.polygamma(x, n) + step, rtol=1e-6
        )


def test_zeta_has_its_known_values():
    s, q = np.array([2.0, 4.0, 2.0, 3.0]), np.array([1.0, 1.0, 0.5, 1.0])

    made = gamma_functions.zeta(s, q)

    np.testing.assert_allclose(made, [np.pi**2 / 6, np.pi**4 / 90, np.pi**2 / 2, 1.2020569031595942], rtol=1e-14)


def test_the_incomplete_gamma_functions_add_up_to_one_and_are_exponentials_of_shape_one():
    a, x = (
        each.ravel() for each in np.meshgrid([0.1, 0.5, 1.0, 3.0, 30.0, 150.0, 500.0], [0.05, 0.7, 2.0, 29.0, 480.0])
    )
    lower, upper = incomplete_gamma.igamma(a, x), incomplete_gamma.igammac(a, x)

    np.testing.assert_allclose(lower + upper, 1, rtol=1e-12)
    np.testing.assert_allclose(lower[a == 1], -np.expm1(-x[a == 1]), rtol=1e-13)


def test_bessel_functions_have_their_wronskians():
    x = POSITIVE
    cross = bessel.j1(x) * bessel.y0(x) - bessel.j0(x) * bessel.y1(x)
    np.testing.assert_allclose(cross * np.pi * x / 2, 1, rtol=2e-7)  # PyTorch's numbers are no better
    modified = bessel.i0(x) * bessel.k1(x) + bessel.i1(x) * bessel.k0(x)
    np.testing.assert_allclose(modified * x, 1, rtol=1e-13)
    scaled = bessel.i0e(x) * bessel.k1e(x) + bessel.i1e(x) * bessel.k0e(x)
    np.testing.assert_allclose(scaled * x, 1, rtol=1e-13)


def test_airys_function_solves_its_equation():
    step = 1e-3
    x = np.concatenate([np.linspace(at - 0.1, at + 0.1, 41) for at in (-1.0, 0.0, 2.0, 2.2, 8.4)])
    curve = (bessel.airy_ai(x + step) - 2 * bessel.airy_ai(x) + bessel.airy_ai(x - step)) / step**2

    np.testing.assert_allclose(curve, x * bessel.airy_ai(x), atol=1e-6)


def test_airys_function_far_below_zero_is_as_good_as_pytorchs():
    assert bessel.airy_ai(np.array([-5.0]))[0] == pytest.approx(0.3507610090241142, rel=3e-4)


@pytest.mark.parametrize("degree", [0, 1, 2, 5, 11, 20])
@pytest.mark.parametrize(
    ("ours", "numpys"),
    [
        (orthogonal.chebyshev("t"), chebyshev.chebval),
        (orthogonal.hermite_h, hermite.hermval),
        (orthogonal.hermite_he, hermite_e.hermeval),
        (orthogonal.laguerre_l, laguerre.lagval),
        (orthogonal.legendre_p, legendre.legval),
    ],
)
def test_orthogonal_polynomials_are_numpys(ours, numpys, degree):
    x = np.linspace(-1.5, 1.5, 61)

    expected = numpys(x, [0] * degree + [1])

    np.testing.assert_allclose(
        ours(x, np.full_like(x, degree)), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max()
    )


def test_chebyshevs_other_kinds_follow_from_the_first_two():
    angle = np.linspace(0.1, 3.0, 50)
    x = np.cos(angle)
    for n in (0, 1, 4, 12):
        degree = np.full_like(x, n)
        u, before = orthogonal.chebyshev("u")(x, degree), orthogonal.chebyshev("u")(x, degree - 1)
        np.testing.assert_allclose(u, np.sin((n + 1) * angle) / np.sin(angle), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(orthogonal.chebyshev("v")(x, degree), u - before, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(orthogonal.chebyshev("w")(x, degree), u + before, rtol=1e-9, atol=1e-11)
        shifted = orthogonal.chebyshev("t", True)((x + 1) / 2, degree)
        np.testing.assert_allclose(shifted, np.cos(n * angle), rtol=1e-9, atol=1e-11)


def test_the_ends_of_domains_give_infinities_and_nan():
    assert gamma_functions.lgamma(np.array([0.0, -3.0, np.inf])).tolist() == [np.inf] * 3
    assert gamma_functions.digamma(np.array([0.0, -0.0])).tolist() == [-np.inf, np.inf]
    assert error_functions.erfinv(np.array([1.0, -1.0])).tolist() == [np.inf, -np.inf]
    assert np.isnan(error_functions.erfinv(np.array([1.5]))).all()
    assert bessel.y0(np.array([0.0])).tolist() == [-np.inf]
    assert np.isnan(bessel.k0(np.array([-1.0]))).all()
