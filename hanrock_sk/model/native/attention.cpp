// Attention over packed sequences, but for its GEMMs; the letters are those of
// model/attention.py, and v = max(W h, floor), floor = -b.
//
// Wide tables are (groups, rows, units), as GEMMs write them; alpha is (rows,
// groups), and what is pooled (sequences, groups, units).
#include "common.h"
#include "elementary.h"
#include "threads.h"

#include <vector>

namespace hanrock {
namespace {

constexpr Size few_elements = 1 << 12;  // not worth another thread's time

// Rows of one sequence: its step t is row offsets[t] + sequence.
struct Sequence {
    const Size* offsets;
    Size steps, number;

    Size length() const {
        Size low = 0, high = steps;  // counts fall with t
        while (low < high) {
            const Size t = (low + high) / 2;
            if (number < offsets[t + 1] - offsets[t]) low = t + 1;
            else high = t;
        }
        return low;
    }
    Size row(Size t) const { return offsets[t] + number; }
};

template <class Real> inline Real dot(const Real* a, const Real* b, Size n) {
    Real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (Size j = 0; j < n; ++j) sum += a[j] * b[j];
    return sum;
}

template <class Real> inline void add(Real factor, const Real* a, Real* to, Size n) {
#pragma omp simd
    for (Size j = 0; j < n; ++j) to[j] += factor * a[j];
}

// From the scores of a sequence's steps to their attention weights, in place.
template <class Real> inline void softmax(Real* scores, Size n) {
    Real most = scores[0], sum = 0;
    for (Size t = 1; t < n; ++t) most = scores[t] > most ? scores[t] : most;
    for (Size t = 0; t < n; ++t) sum += scores[t] = exponential(scores[t] - most);
    for (Size t = 0; t < n; ++t) scores[t] /= sum;
}

// d score = alpha (d alpha - sum over the sequence of alpha d alpha). What v lacks of u
// is the same at all steps, and drops out.
template <class Real>
inline void softmax_back(const Real* weights, Real* grad, Size length) {
    Real total = 0;
    for (Size t = 0; t < length; ++t) total += weights[t] * grad[t];
    for (Size t = 0; t < length; ++t) grad[t] = weights[t] * (grad[t] - total);
}

// Thin states: so few numbers that v is calculated where it is needed, for one sequence
// and one group at a time.
template <class Real> struct Thin {
    const Real *states, *weight, *floor;  // (rows, 2, groups, hidden), (2, groups, ...)
    const Size* mirror;
    Size groups, hidden, units;

    Size state(Size row, Size direction, Size group) const {
        return ((row * 2 + direction) * groups + group) * hidden;
    }
    Size parameter(Size direction, Size group) const {
        return (direction * groups + group) * hidden * units;
    }
    void read_row(Size row, Size group, Real* v) const {
        const Real* forward = states + state(row, 0, group);
        const Real* backward = states + state(mirror[row], 1, group);
        const Real* w = weight + parameter(0, group);
        const Real* also = weight + parameter(1, group);
        const Real* least = floor + group * units;
        if (hidden == 1) {
#pragma omp simd
            for (Size j = 0; j < units; ++j) {
                const Real value = *forward * w[j] + *backward * also[j];
                v[j] = value < least[j] ? least[j] : value;
            }
            return;
        }
        for (Size j = 0; j < units; ++j) v[j] = 0;
        for (Size k = 0; k < hidden; ++k) {
            add(forward[k], w + k * units, v, units);
            add(backward[k], also + k * units, v, units);
        }
#pragma omp simd
        for (Size j = 0; j < units; ++j) v[j] = v[j] < least[j] ? least[j] : v[j];
    }
    void read(const Sequence& sequence, Size length, Size group, Real* v) const {
        for (Size t = 0; t < length; ++t)
            read_row(sequence.row(t), group, v + t * units);
    }
};

}  // namespace

// v of all rows, from the GEMMs of the forward and the backward reading, and
// the scores (groups, rows). v takes the place of the forward one.
template <class Real>
void attention_compare(Real* v, const Real* backwards, const Size* mirror,
                       const Real* floor, const Real* query, Real* scores, Size rows,
                       Size groups, Size units) {
#pragma omp parallel for num_threads(team())                                           \
    if (rows * groups * units > few_elements)
    for (Size n = 0; n < rows * groups; ++n) {
        const Size group = n / rows, row = n % rows;
        Real* here = v + n * units;
        const Real* there = backwards + (group * rows + mirror[row]) * units;
        const Real* least = floor + group * units;
        const Real* wanted = query + group * units;
        Real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (Size j = 0; j < units; ++j) {
            Real value = here[j] + there[j];
            value = value < least[j] ? least[j] : value;
            here[j] = value;
            sum += value * wanted[j];
        }
        scores[n] = sum;
    }
}

// From the scores to the weights alpha, and to what is pooled.
template <class Real>
void attention_pool(const Real* v, const Real* scores, const Real* floor,
                    const Size* offsets, Real* alpha, Real* pooled, Size steps,
                    Size groups, Size units) {
    const Size sequences = offsets[1], rows = offsets[steps];
#pragma omp parallel num_threads(team()) if (rows * groups * units > few_elements)
    {
        std::vector<Real> weights(steps);
#pragma omp for
        for (Size n = 0; n < sequences * groups; ++n) {
            const Size group = n % groups;
            const Sequence sequence{offsets, steps, n / groups};
            const Size length = sequence.length();
            for (Size t = 0; t < length; ++t)
                weights[t] = scores[group * rows + sequence.row(t)];
            softmax(weights.data(), length);
            Real* sum = pooled + n * units;
            for (Size j = 0; j < units; ++j) sum[j] = -floor[group * units + j];
            for (Size t = 0; t < length; ++t) {
                const Size row = sequence.row(t);
                alpha[row * groups + group] = weights[t];
                add(weights[t], v + (group * rows + row) * units, sum, units);
            }
        }
    }
}

// d (W h + b) = (alpha d s + d score u_w) where u > 0, in the order of either
// direction.
template <class Real>
void attention_spread(const Real* v, const Real* alpha, const Real* grad,
                      const Real* floor, const Real* query, const Size* mirror,
                      const Size* offsets, Real* grad_v, Real* grad_mirrored,
                      Real* grad_scores, Size steps, Size groups, Size units) {
    const Size sequences = offsets[1], rows = offsets[steps];
#pragma omp parallel num_threads(team()) if (rows * groups * units > few_elements)
    {
        std::vector<Real> weights(steps), grads(steps);
#pragma omp for
        for (Size n = 0; n < sequences * groups; ++n) {
            const Size group = n / sequences;
            const Sequence sequence{offsets, steps, n % sequences};
            const Size length = sequence.length();
            const Real* of_pooled = grad + (sequence.number * groups + group) * units;
            const Real* least = floor + group * units;
            const Real* wanted = query + group * units;
            for (Size t = 0; t < length; ++t) {
                const Size row = sequence.row(t);
                weights[t] = alpha[row * groups + group];
                grads[t] = dot(v + (group * rows + row) * units, of_pooled, units);
            }
            softmax_back(weights.data(), grads.data(), length);
            for (Size t = 0; t < length; ++t) {
                const Size row = group * rows + sequence.row(t);
                const Real weight = weights[t], of_score = grads[t];
                const Real* here = v + row * units;
                Real* to = grad_v + row * units;
                Real* also = grad_mirrored +
                             (group * rows + mirror[sequence.row(t)]) * units;
                grad_scores[row] = of_score;
#pragma omp simd
                for (Size j = 0; j < units; ++j) {
                    const Real sent = weight * of_pooled[j] + of_score * wanted[j];
                    const Real passed = here[j] > least[j] ? sent : Real(0);
                    to[j] = passed;
                    also[j] = passed;
                }
            }
        }
    }
}

// The whole of attention to thin states.
template <class Real>
void attention_thin(const Real* states, const Real* weight, const Real* floor,
                    const Real* query, const Size* mirror, const Size* offsets,
                    Real* alpha, Real* pooled, Size steps, Size groups, Size hidden,
                    Size units) {
    const Thin<Real> thin{states, weight, floor, mirror, groups, hidden, units};
    const Size sequences = offsets[1];
#pragma omp parallel num_threads(team())                                               \
    if (offsets[steps] * groups * units > few_elements)
    {
        std::vector<Real> weights(steps), v(steps * units);
#pragma omp for
        for (Size n = 0; n < sequences * groups; ++n) {
            const Size group = n % groups;
            const Sequence sequence{offsets, steps, n / groups};
            const Size length = sequence.length();
            thin.read(sequence, length, group, v.data());
            for (Size t = 0; t < length; ++t)
                weights[t] = dot(&v[t * units], query + group * units, units);
            softmax(weights.data(), length);
            Real* sum = pooled + n * units;
            for (Size j = 0; j < units; ++j) sum[j] = -thin.floor[group * units + j];
            for (Size t = 0; t < length; ++t) {
                alpha[sequence.row(t) * groups + group] = weights[t];
                add(weights[t], &v[t * units], sum, units);
            }
        }
    }
}

// A thread takes whole groups, so that sums over rows have one order.
template <class Real>
void attention_thin_back(const Real* states, const Real* weight, const Real* floor,
                         const Real* query, const Size* mirror, const Size* offsets,
                         const Real* alpha, const Real* grad, Real* grad_states,
                         Real* grad_weight, Real* grad_bias, Real* grad_query,
                         Size steps, Size groups, Size hidden, Size units) {
    const Thin<Real> thin{states, weight, floor, mirror, groups, hidden, units};
    const Size sequences = offsets[1];
#pragma omp parallel num_threads(team())                                               \
    if (offsets[steps] * groups * units > few_elements)
    {
        std::vector<Real> weights(steps), grads(steps);
        std::vector<Real> read(steps * units), sent(units);
#pragma omp for
        for (Size group = 0; group < groups; ++group) {
            const Real* wanted = query + group * units;
            const Real* least = thin.floor + group * units;
            Real* of_bias = grad_bias + group * units;
            Real* of_query = grad_query + group * units;
            for (Size j = 0; j < units; ++j) of_bias[j] = of_query[j] = 0;
            for (Size direction = 0; direction < 2; ++direction) {
                Real* w = grad_weight + thin.parameter(direction, group);
                for (Size j = 0; j < thin.hidden * units; ++j) w[j] = 0;
            }
            for (Size number = 0; number < sequences; ++number) {
                const Sequence sequence{offsets, steps, number};
                const Size length = sequence.length();
                const Real* of_pooled = grad + (number * groups + group) * units;
                thin.read(sequence, length, group, read.data());
                for (Size t = 0; t < length; ++t) {
                    weights[t] = alpha[sequence.row(t) * groups + group];
                    grads[t] = dot(&read[t * units], of_pooled, units);
                }
                softmax_back(weights.data(), grads.data(), length);
                for (Size t = 0; t < length; ++t) {
                    const Size row = sequence.row(t);
                    const Real weight = weights[t], of_score = grads[t];
                    const Real* v = &read[t * units];
#pragma omp simd
                    for (Size j = 0; j < units; ++j) {
                        const Real all = weight * of_pooled[j] + of_score * wanted[j];
                        sent[j] = v[j] > least[j] ? all : Real(0);
                        of_bias[j] += sent[j];
                        of_query[j] += of_score * v[j];
                    }
                    for (Size direction = 0; direction < 2; ++direction) {
                        const Size from = direction ? thin.mirror[row] : row;
                        const Size h = thin.state(from, direction, group);
                        const Size w = thin.parameter(direction, group);
                        for (Size k = 0; k < thin.hidden; ++k) {
                            const Size at = w + k * units;
                            grad_states[h + k] =
                                dot(sent.data(), thin.weight + at, units);
                            add(thin.states[h + k], sent.data(), grad_weight + at,
                                units);
                        }
                    }
                }
            }
        }
    }
}

}  // namespace hanrock

HANROCK_EXPORT(attention_compare)
HANROCK_EXPORT(attention_pool)
HANROCK_EXPORT(attention_spread)
HANROCK_EXPORT(attention_thin)
HANROCK_EXPORT(attention_thin_back)
