// The recurrence of many GRUs, forwards and backwards; see model/recurrence.py.
//
// Tables are (rows, groups, hidden), or three gates in the place of a unit: reset,
// update, new. Rows are packed, step after step; a step's first row is its offset.
#include "elementary.h"
#include "product.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <type_traits>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

constexpr Size few_elements = 1 << 12;  // not worth another thread's time
constexpr Size few_rows = 4;  // of a product: fewer at a time are not worth a thread
constexpr Size block_rows = 64;  // of a product that stay in the second-level cache

enum class Reads { nothing, product, diagonal };  // what a step learns of the last one
template <Reads reads> using Constant = std::integral_constant<Reads, reads>;

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

// Rows of packed sequences, and who works at them. A task is one encoder and every n-th
// sequence: a thread reads all their steps, one after the other, and waits for nobody.
struct Work {
    const Size* offsets;
    Size steps, groups, hidden, parts = 1;

    Work(const Size* offsets, Size steps, Size groups, Size hidden)
        : offsets(offsets), steps(steps), groups(groups), hidden(hidden) {
#ifdef _OPENMP
        const Size threads = is_worth_threads() ? omp_get_max_threads() : 1;
        parts = std::min(threads / std::gcd(threads, groups), sequences() / few_rows);
        parts = std::max(parts, Size(1));
#endif
    }
    Size sequences() const { return offsets[1]; }
    Size width() const { return groups * hidden; }
    Size tasks() const { return groups * parts; }
    bool is_worth_threads() const { return offsets[steps] * width() > few_elements; }
    // How many of a part's sequences read step t.
    Size count(Size t, Size part) const {
        return (offsets[t + 1] - offsets[t] - part + parts - 1) / parts;
    }
    Size row(Size t, Size part, Size i) const { return offsets[t] + part + i * parts; }
};

// What a step learns of the one before. The mask is a diagonal's: a product's is
// multiplied beforehand, or behind it.
template <class Real> struct Before {
    const Real *state = nullptr, *diagonal = nullptr, *mask = nullptr;
};

// `at` is where an encoder's units begin in a row.
template <Reads reads, class Real>
Before<Real> before(const Work& work, Size t, Size part, Size i, Size at,
                    const Real* states, const Real* weight, const Real* mask) {
    Before<Real> found;
    if constexpr (reads != Reads::nothing)
        found.state = states + work.row(t - 1, part, i) * work.width() + at;
    if constexpr (reads == Reads::diagonal) {
        found.diagonal = weight + 3 * at;
        if (mask) found.mask = mask + work.row(0, part, i) * work.width() + at;
    }
    return found;
}

template <class Real>
std::vector<std::unique_ptr<Panels<Real>>> panels_of(const Work& work,
                                                     const Real* weight, bool back) {
    std::vector<std::unique_ptr<Panels<Real>>> panels(work.groups);
#pragma omp parallel for if (work.is_worth_threads())
    for (Size group = 0; group < work.groups; ++group) {
        const Size hidden = work.hidden;
        Rows<Real> matrix{weight + group * hidden * 3 * hidden, 3 * hidden};
        if (back) std::swap(matrix.row, matrix.column);
        panels[group].reset(new Panels<Real>(matrix, back ? 3 * hidden : hidden,
                                             back ? hidden : 3 * hidden));
    }
    return panels;
}

template <Reads reads, bool keeps, class Real>
void forward(Gates<Real> gates, const Real* weight, const Real* bias_new,
             const Real* mask, Real* inner, Real* states, const Work work) {
    const Size hidden = work.hidden, width = work.width();
    std::vector<std::unique_ptr<Panels<Real>>> panels;
    if constexpr (reads == Reads::product) panels = panels_of(work, weight, false);
#pragma omp parallel if (work.is_worth_threads())
    {
        Numbers<Real> product, masked;
        if constexpr (reads == Reads::product) {
            product = make_numbers<Real>(block_rows * panels[0]->width());
            if (mask) masked = make_numbers<Real>(block_rows * hidden);
        }
#pragma omp for
        for (Size task = 0; task < work.tasks(); ++task) {
            const Size group = task / work.parts, part = task % work.parts;
            const Size at = group * hidden;
            const auto take_step = [&](auto how, Size t, Size i, const Real* found) {
                constexpr Reads learns = decltype(how)::value;
                const Size row = work.row(t, part, i);
                const Before<Real> last =
                    before<learns>(work, t, part, i, at, states, weight, mask);
                step<learns, keeps, Real>(
                    hidden, gates.at(row, group), found, last.diagonal, bias_new + at,
                    last.state, last.mask, keeps ? inner + row * width + at : nullptr,
                    states + row * width + at);
            };
            for (Size i = 0; i < work.count(0, part); ++i)
                take_step(Constant<Reads::nothing>(), 0, i, nullptr);
            for (Size t = 1; t < work.steps; ++t) {
                const Size count = work.count(t, part);
                if constexpr (reads == Reads::diagonal) {
                    for (Size i = 0; i < count; ++i)
                        take_step(Constant<reads>(), t, i, nullptr);
                } else for (Size begin = 0; begin < count; begin += block_rows) {
                    const Size rows = std::min(block_rows, count - begin);
                    const Real* read =
                        states + work.row(t - 1, part, begin) * width + at;
                    Size read_row = work.parts * width;
                    if (mask) {
                        for (Size i = 0; i < rows; ++i) {
                            const Real* kept =
                                mask + work.row(0, part, begin + i) * width + at;
                            for (Size j = 0; j < hidden; ++j)
                                masked[i * hidden + j] =
                                    read[i * read_row + j] * kept[j];
                        }
                        read = masked.get();
                        read_row = hidden;
                    }
                    panels[group]->multiply({read, read_row}, rows, product.get(),
                                            panels[group]->width());
                    for (Size i = 0; i < rows; ++i)
                        take_step(Constant<reads>(), t, begin + i,
                                  product.get() + i * panels[group]->width());
                }
            }
        }
    }
}

// `previous` takes the states that the later rows multiplied, mask included.
template <Reads reads, class Real>
void backward(const Real* gates, const Real* inner, const Real* states,
              const Real* grad_states, const Real* weight, const Real* mask,
              Real* grad_gates, Real* grad_new, Real* previous, const Work work) {
    const Size hidden = work.hidden, width = work.width();
    std::vector<std::unique_ptr<Panels<Real>>> panels;
    if constexpr (reads == Reads::product) panels = panels_of(work, weight, true);
#pragma omp parallel if (work.is_worth_threads())
    {
        const Numbers<Real> carried = make_numbers<Real>(work.count(0, 0) * hidden);
        Numbers<Real> product, grad_step;
        if constexpr (reads == Reads::product) {
            product = make_numbers<Real>(block_rows * panels[0]->width());
            grad_step = make_numbers<Real>(block_rows * 3 * hidden);
        }
#pragma omp for
        for (Size task = 0; task < work.tasks(); ++task) {
            const Size group = task / work.parts, part = task % work.parts;
            const Size at = group * hidden;
            const auto write_previous = [&](const Real* state, Size t, Size i) {
                const Size row = work.row(t, part, i) - work.sequences();
                Real* to = previous + row * width + at;
                const Real* kept =
                    mask ? mask + work.row(0, part, i) * width + at : nullptr;
                for (Size j = 0; j < hidden; ++j)
                    to[j] = kept ? state[j] * kept[j] : state[j];
            };
            const auto step_of = [&](auto how, Size t, Size i, Real* to) {
                constexpr Reads learns = decltype(how)::value;
                const Size here = work.row(t, part, i) * width + at;
                const Before<Real> last =
                    before<learns>(work, t, part, i, at, states, weight, mask);
                step_back<learns, Real>(
                    hidden, gates + 3 * here, inner + here, last.state,
                    grad_states + here, carried.get() + i * hidden, last.diagonal,
                    last.mask, grad_gates + 3 * here, grad_new + here, to);
                if constexpr (learns != Reads::nothing)
                    write_previous(last.state, t, i);
            };
            std::fill_n(carried.get(), work.count(0, part) * hidden, Real(0));
            for (Size t = work.steps - 1; t > 0; --t) {
                const Size count = work.count(t, part);
                if constexpr (reads == Reads::diagonal) {
                    for (Size i = 0; i < count; ++i)
                        step_of(Constant<reads>(), t, i, nullptr);
                } else for (Size begin = 0; begin < count; begin += block_rows) {
                    const Size rows = std::min(block_rows, count - begin);
                    for (Size i = 0; i < rows; ++i)
                        step_of(Constant<reads>(), t, begin + i,
                                grad_step.get() + i * 3 * hidden);
                    panels[group]->multiply({grad_step.get(), 3 * hidden}, rows,
                                            product.get(), panels[group]->width());
                    for (Size i = 0; i < rows; ++i) {
                        const Real* back = product.get() + i * panels[group]->width();
                        const Real* kept =
                            mask ? mask + work.row(0, part, begin + i) * width + at
                                 : nullptr;
                        Real* to = carried.get() + (begin + i) * hidden;
                        for (Size j = 0; j < hidden; ++j)
                            to[j] += kept ? back[j] * kept[j] : back[j];
                    }
                }
            }
            for (Size i = 0; i < work.count(0, part); ++i)
                step_of(Constant<Reads::nothing>(), 0, i, nullptr);
        }
    }
}

}  // namespace

#define EXPORT(name, reads, Real)                                                      \
    void name##_##Real(Real* gates, const Size* index, const Real* weight,             \
                       const Real* bias_new, const Real* mask, Real* inner,            \
                       Real* states, const Size* offsets, Size steps, Size groups,     \
                       Size hidden) {                                                  \
        const Gates<Real> read{gates, index, groups, 3 * hidden};                      \
        (index ? forward<reads, false, Real> : forward<reads, true, Real>)(            \
            read, weight, bias_new, mask, inner, states,                               \
            Work(offsets, steps, groups, hidden));                                     \
    }                                                                                  \
    void name##_back_##Real(const Real* gates, const Real* inner, const Real* states,  \
                            const Real* grad_states, const Real* weight,               \
                            const Real* mask, Real* grad_gates, Real* grad_new,        \
                            Real* previous, const Size* offsets, Size steps,           \
                            Size groups, Size hidden) {                                \
        backward<reads, Real>(gates, inner, states, grad_states, weight, mask,         \
                              grad_gates, grad_new, previous,                          \
                              Work(offsets, steps, groups, hidden));                   \
    }

extern "C" {
EXPORT(recurrence, Reads::product, float)
EXPORT(recurrence, Reads::product, double)
EXPORT(recurrence_diagonal, Reads::diagonal, float)
EXPORT(recurrence_diagonal, Reads::diagonal, double)
}
