"""Special functions on plain arrays: series, rational approximations, recurrences. Knows neither tensors nor rows.

Source of the formulas and of `coefficients.json`: the Cephes library (S. Moshier, 3-clause BSD), Boost's Lanczos sum
and SciPy's incomplete gamma functions, as PyTorch's `aten/src/ATen/native/Math.h` has them; others are named where they
are used. All is computed in double precision, and rounded to the array's precision at the end.
"""
