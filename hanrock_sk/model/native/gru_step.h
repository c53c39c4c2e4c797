// One step of one sequence in one encoder, forwards and backwards; the equations are
// those of model/recurrence.py.
#pragma once

#include "common.h"
#include "elementary.h"

#include <type_traits>

namespace hanrock {

enum class Reads { nothing, product, diagonal };  // what a step learns of the last one
template <Reads reads> using Constant = std::integral_constant<Reads, reads>;

// One step of one sequence in one encoder. With `keeps`, gates become r, z, c in place.
//
// Short loops, one behind the other, on blocks that stay in the first-level cache: a
// processor executes several iterations of a loop out of order, and each waits for its
// own tanh.
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
// one sends to the state before, but for what goes through a GEMM.
template <Reads reads, class Real>
inline void step_back(Size hidden, const Real* gates, const Real* inner,
                      const Real* before, const Real* grad_states, Real* carried,
                      const Real* diagonal, const Real* mask, Real* grad_gates,
                      Real* grad_new, Real* grad_step) {
#pragma omp simd
    for (Size j = 0; j < hidden; ++j) {
        const Real reset = gates[j], update = gates[hidden + j];
        const Real candidate = gates[2 * hidden + j];
        const Real grad = carried[j] + grad_states[j];
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

}  // namespace hanrock
