// The element-wise part of the recurrence of many GRUs; see model/recurrence.py.
//
// Tables are (rows, groups, hidden), or three gates in the place of a unit: reset,
// update, new. Only products of matrices are (groups, rows, ...), as the library writes
// them. Rows are packed, step after step; a step's first row is its offset.
#include "elementary.h"

#include <cstddef>
#include <cstdint>

using Size = std::int64_t;

namespace {

constexpr Size few_elements = 1 << 12;  // not worth another thread's time

enum class Reads { nothing, product, diagonal };  // what a step learns of the last one

// One step of one sequence in one encoder. With `keeps`, gates become r, z, c in place.
//
// Short loops, one behind the other, on blocks that stay in the first-level cache: a
// processor works at several rounds of a loop at once, and each waits for its own tanh.
template <Reads reads, bool keeps, class Real>
inline void step(Size hidden, Real* gates, const Real* product, const Real* diagonal,
                 const Real* bias_new, const Real* state, const Real* mask, Real* inner,
                 Real* next) {
    constexpr Size most = 128;
    Real read[most], reset[most], update[most], candidate[most];
    for (Size begin = 0; begin < hidden; begin += most) {
        const Size count = hidden - begin < most ? hidden - begin : most;
        if constexpr (reads == Reads::diagonal) {
            for (Size i = 0; i < count; ++i)
                read[i] = mask ? state[begin + i] * mask[begin + i] : state[begin + i];
        }
        const auto input = [&](Size gate, Size i) {
            const Size j = gate * hidden + begin + i;
            if constexpr (reads == Reads::product) return gates[j] + product[j];
            if constexpr (reads == Reads::diagonal)
                return gates[j] + read[i] * diagonal[j];
            return gates[j];
        };
#pragma omp simd
        for (Size i = 0; i < count; ++i) reset[i] = sigmoid(input(0, i));
#pragma omp simd
        for (Size i = 0; i < count; ++i) update[i] = sigmoid(input(1, i));
#pragma omp simd
        for (Size i = 0; i < count; ++i) {
            const Size j = begin + i, at = 2 * hidden + j;
            Real a_new = bias_new[j];
            if constexpr (reads == Reads::product) a_new += product[at];
            if constexpr (reads == Reads::diagonal) a_new += read[i] * diagonal[at];
            candidate[i] = hyperbolic_tangent(gates[at] + reset[i] * a_new);
            if constexpr (keeps) inner[j] = a_new;
        }
#pragma omp simd
        for (Size i = 0; i < count; ++i) {
            const Size j = begin + i;
            Real before = 0;
            if constexpr (reads != Reads::nothing) before = state[j];
            next[j] = candidate[i] + update[i] * (before - candidate[i]);
            if constexpr (keeps) {
                gates[j] = reset[i];
                gates[hidden + j] = update[i];
                gates[2 * hidden + j] = candidate[i];
            }
        }
    }
}

// One step back. `carried` is what later steps send to this state, and then what this
// one sends to the state before, but for what goes through a product of matrices.
template <Reads reads, class Real>
inline void step_back(Size hidden, const Real* gates, const Real* inner,
                      const Real* before, Real* carried, const Real* diagonal,
                      const Real* mask, Real* grad_gates, Real* grad_new,
                      Real* grad_step) {
#pragma omp simd
    for (Size j = 0; j < hidden; ++j) {
        const Real reset = gates[j], update = gates[hidden + j];
        const Real candidate = gates[2 * hidden + j];
        const Real grad = carried[j];
        Real rest = -candidate;
        if constexpr (reads != Reads::nothing) rest += before[j];
        const Real of_candidate = grad * (1 - update) * (1 - candidate * candidate);
        const Real of_new = of_candidate * reset;
        const Real of_reset = of_new * inner[j] * (1 - reset);
        const Real of_update = grad * rest * update * (1 - update);
        grad_gates[j] = of_reset;
        grad_gates[hidden + j] = of_update;
        grad_gates[2 * hidden + j] = of_candidate;
        grad_new[j] = of_new;
        Real back = 0;
        if constexpr (reads == Reads::product) {
            grad_step[j] = of_reset;
            grad_step[hidden + j] = of_update;
            grad_step[2 * hidden + j] = of_new;
        }
        if constexpr (reads == Reads::diagonal) {
            back = of_reset * diagonal[j] + of_update * diagonal[hidden + j] +
                   of_new * diagonal[2 * hidden + j];
            if (mask) back *= mask[j];
        }
        carried[j] = grad * update + back;
    }
}

// Where the input products of a row and an encoder are: in packed order, or in a table
// of both directions that `index` says the rows of.
template <class Real> struct Gates {
    Real* table;
    const Size* index;
    Size groups, width;

    Real* at(Size row, Size group) const {
        if (!index) return table + (row * groups + group) * width;
        const Size of_direction = groups / 2, direction = group / of_direction;
        return table + (index[2 * row + direction] * of_direction +
                        group % of_direction) * width;
    }
};

template <bool keeps, class Real>
void forward_step(Gates<Real> gates, const Real* product, const Real* bias_new,
                  const Real* state, const Real* mask, Real* inner, Real* next,
                  Real* masked, Size count, Size groups, Size hidden) {
#pragma omp parallel for if (count * groups * hidden > few_elements)
    for (Size n = 0; n < count * groups; ++n) {
        const Size row = n / groups, group = n % groups, at = n * hidden;
        Real* own = keeps ? inner + at : nullptr;
        if (state) {
            step<Reads::product, keeps, Real>(
                hidden, gates.at(row, group),
                product + (group * count + row) * 3 * hidden, nullptr,
                bias_new + group * hidden, state + at, nullptr, own, next + at);
        } else {
            step<Reads::nothing, keeps, Real>(hidden, gates.at(row, group), nullptr,
                                              nullptr, bias_new + group * hidden,
                                              nullptr, nullptr, own, next + at);
        }
        if (mask) {
            for (Size j = at; j < at + hidden; ++j) masked[j] = next[j] * mask[j];
        }
    }
}

template <bool keeps, class Real>
void forward_diagonal(Gates<Real> gates, const Real* diagonal, const Real* bias_new,
                      const Real* mask, Real* inner, Real* states, const Size* offsets,
                      Size steps, Size groups, Size hidden) {
    const Size sequences = offsets[1], width = groups * hidden;
#pragma omp parallel for if (sequences * width > few_elements)
    for (Size sequence = 0; sequence < sequences; ++sequence) {
        for (Size t = 0; t < steps; ++t) {
            if (sequence >= offsets[t + 1] - offsets[t]) break;
            const Size row = offsets[t] + sequence;
            Real* next = states + row * width;
            for (Size group = 0; group < groups; ++group) {
                const Size at = group * hidden;
                Real* own = keeps ? inner + row * width + at : nullptr;
                if (t > 0) {
                    step<Reads::diagonal, keeps, Real>(
                        hidden, gates.at(row, group), nullptr, diagonal + 3 * at,
                        bias_new + at,
                        states + (offsets[t - 1] + sequence) * width + at,
                        mask ? mask + sequence * width + at : nullptr, own, next + at);
                } else {
                    step<Reads::nothing, keeps, Real>(
                        hidden, gates.at(row, group), nullptr, nullptr, bias_new + at,
                        nullptr, nullptr, own, next + at);
                }
            }
        }
    }
}

template <class Real>
void backward_step(const Real* gates, const Real* inner, const Real* before,
                   const Real* grad_states, const Real* product, const Real* mask,
                   Real* carried, Real* grad_gates, Real* grad_new, Real* grad_step,
                   Size count, Size more, Size groups, Size hidden) {
#pragma omp parallel for if (count * groups * hidden > few_elements)
    for (Size n = 0; n < count * groups; ++n) {
        const Size row = n / groups, group = n % groups, at = n * hidden;
        Real* own = carried + at;
        const Real* grad = grad_states + at;
        if (row < more) {
            const Real* back = product + (group * more + row) * hidden;
            if (mask) {
                const Real* kept = mask + at;
                for (Size j = 0; j < hidden; ++j) own[j] += grad[j] + back[j] * kept[j];
            } else {
                for (Size j = 0; j < hidden; ++j) own[j] += grad[j] + back[j];
            }
        } else {
            for (Size j = 0; j < hidden; ++j) own[j] = grad[j];
        }
        if (before) {
            step_back<Reads::product, Real>(
                hidden, gates + 3 * at, inner + at, before + at, own, nullptr, nullptr,
                grad_gates + 3 * at, grad_new + at,
                grad_step + (group * count + row) * 3 * hidden);
        } else {
            step_back<Reads::nothing, Real>(hidden, gates + 3 * at, inner + at, nullptr,
                                            own, nullptr, nullptr, grad_gates + 3 * at,
                                            grad_new + at, nullptr);
        }
    }
}

template <class Real>
void backward_diagonal(const Real* gates, const Real* inner, const Real* states,
                       const Real* grad_states, const Real* diagonal, const Real* mask,
                       Real* carried, Real* grad_gates, Real* grad_new,
                       const Size* offsets, Size steps, Size groups, Size hidden) {
    const Size sequences = offsets[1], width = groups * hidden;
#pragma omp parallel for if (sequences * width > few_elements)
    for (Size sequence = 0; sequence < sequences; ++sequence) {
        Real* own = carried + sequence * width;
        for (Size j = 0; j < width; ++j) own[j] = 0;
        for (Size t = steps - 1; t >= 0; --t) {
            if (sequence >= offsets[t + 1] - offsets[t]) continue;
            const Size row = (offsets[t] + sequence) * width;
            for (Size j = 0; j < width; ++j) own[j] += grad_states[row + j];
            for (Size group = 0; group < groups; ++group) {
                const Size at = group * hidden, here = row + at;
                if (t > 0) {
                    const Size last = (offsets[t - 1] + sequence) * width + at;
                    step_back<Reads::diagonal, Real>(
                        hidden, gates + 3 * here, inner + here, states + last, own + at,
                        diagonal + 3 * at, mask ? mask + sequence * width + at : nullptr,
                        grad_gates + 3 * here, grad_new + here, nullptr);
                } else {
                    step_back<Reads::nothing, Real>(
                        hidden, gates + 3 * here, inner + here, nullptr, own + at,
                        nullptr, nullptr, grad_gates + 3 * here, grad_new + here,
                        nullptr);
                }
            }
        }
    }
}

}  // namespace

#define EXPORT(Real)                                                                   \
    void recurrence_step_##Real(                                                       \
        Real* gates, const Size* index, const Real* product, const Real* bias_new,     \
        const Real* state, const Real* mask, Real* inner, Real* next, Real* masked,    \
        Size count, Size groups, Size hidden) {                                        \
        const Gates<Real> read{gates, index, groups, 3 * hidden};                      \
        (index ? forward_step<false, Real> : forward_step<true, Real>)(                \
            read, product, bias_new, state, mask, inner, next, masked, count, groups,  \
            hidden);                                                                   \
    }                                                                                  \
    void recurrence_diagonal_##Real(                                                   \
        Real* gates, const Size* index, const Real* diagonal, const Real* bias_new,    \
        const Real* mask, Real* inner, Real* states, const Size* offsets, Size steps,  \
        Size groups, Size hidden) {                                                    \
        const Gates<Real> read{gates, index, groups, 3 * hidden};                      \
        (index ? forward_diagonal<false, Real> : forward_diagonal<true, Real>)(        \
            read, diagonal, bias_new, mask, inner, states, offsets, steps, groups,     \
            hidden);                                                                   \
    }                                                                                  \
    void recurrence_step_back_##Real(                                                  \
        const Real* gates, const Real* inner, const Real* before,                      \
        const Real* grad_states, const Real* product, const Real* mask, Real* carried, \
        Real* grad_gates, Real* grad_new, Real* grad_step, Size count, Size more,      \
        Size groups, Size hidden) {                                                    \
        backward_step<Real>(gates, inner, before, grad_states, product, mask, carried, \
                            grad_gates, grad_new, grad_step, count, more, groups,      \
                            hidden);                                                   \
    }                                                                                  \
    void recurrence_diagonal_back_##Real(                                              \
        const Real* gates, const Real* inner, const Real* states,                      \
        const Real* grad_states, const Real* diagonal, const Real* mask,               \
        Real* carried, Real* grad_gates, Real* grad_new, const Size* offsets,          \
        Size steps, Size groups, Size hidden) {                                        \
        backward_diagonal<Real>(gates, inner, states, grad_states, diagonal, mask,     \
                                carried, grad_gates, grad_new, offsets, steps, groups, \
                                hidden);                                               \
    }

extern "C" {
EXPORT(float)
EXPORT(double)
}
