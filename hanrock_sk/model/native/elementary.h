// Exponential, sigmoid and hyperbolic tangent that a compiler turns into vectors.
//
// exp(x) = 2^n exp(r) with n the whole number nearest to x / log 2. |r| is then at most
// log(2) / 2, where so many terms of the power series are exact to an ulp.
// Below `least` it is 0 and above `most` infinite, as the exponent of 2^n then is.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace hanrock {

template <class Real> struct Format;

template <> struct Format<float> {
    using Bits = std::int32_t;
    static constexpr int terms = 8, mantissa = 23, exponent_of_one = 127;
    static constexpr float least = -88.0f, most = 89.0f;
    static constexpr float rounder = 12582912.0f;  // 1.5 * 2^23: an ulp of it is 1
    static constexpr float log2_high = 0.693145752f;  // few bits: n times it is exact
    static constexpr float log2_low = 1.42860682e-6f;
};

template <> struct Format<double> {
    using Bits = std::int64_t;
    static constexpr int terms = 14, mantissa = 52, exponent_of_one = 1023;
    static constexpr double least = -709.0, most = 710.0;
    static constexpr double rounder = 6755399441055744.0;  // 1.5 * 2^52
    static constexpr double log2_high = 0.69314718036912382;
    static constexpr double log2_low = 1.9082149292705877e-10;
};

template <class To, class From> inline To same_bits(From value) {
    To bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

template <class Real> constexpr Real one_over_factorial(int k) {
    Real product = 1;
    for (; k > 1; --k) product *= k;
    return 1 / product;
}

// 1/k! + r/(k+1)! + ..., so many terms. Halves that do not wait for each other.
template <int k, int terms, class Real> inline Real series(Real r, Real squared) {
    constexpr Real first = one_over_factorial<Real>(k);
    if constexpr (terms == 1) return first;
    if constexpr (terms == 2) return first + r * one_over_factorial<Real>(k + 1);
    if constexpr (terms > 2)
        return series<k, 2>(r, squared) +
               squared * series<k + 2, terms - 2>(r, squared);
}

// Not a number stays so: both comparisons are false for it.
template <class Real> inline Real exponential(Real x) {
    using F = Format<Real>;
    x = x < F::least ? F::least : x;
    x = x > F::most ? F::most : x;
    const Real rounded = x * Real(1.4426950408889634) + F::rounder;
    const Real n = rounded - F::rounder;
    const Real r = (x - n * F::log2_high) - n * F::log2_low;
    // The last bits of `rounded` are n; shifted, they are the exponent of 2^n.
    using Bits = typename F::Bits;
    using Unsigned = std::make_unsigned_t<Bits>;
    const Unsigned exponent =
        (same_bits<Unsigned>(rounded) + Unsigned(F::exponent_of_one)) << F::mantissa;
    return series<0, F::terms>(r, r * r) * same_bits<Real>(exponent);
}

template <class Real> inline Real sigmoid(Real x) { return 1 / (1 + exponential(-x)); }

template <class Real> inline Real hyperbolic_tangent(Real x) {
    return 1 - 2 / (1 + exponential(2 * x));
}

}  // namespace hanrock
