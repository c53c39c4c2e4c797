// The recurrence of many GRUs, forwards and backwards; see model/recurrence.py.
//
// Tables are (rows, groups, hidden), or three gates in the place of a unit: reset,
// update, new. Rows are packed, step after step; a step's first row is its offset.
#include "common.h"
#include "gru_step.h"
#include "packed_matrix.h"
#include "threads.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

namespace hanrock {
namespace {

constexpr Size few_elements = 1 << 12;  // not worth another thread's time
constexpr Size few_rows = 4;  // of a GEMM: fewer at a time are not worth a thread
constexpr Size block_rows = 64;  // of a GEMM, which stay in the second-level cache

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
        const Size threads = is_worth_threads() ? team() : 1;
        parts = std::min(threads / std::gcd(threads, groups), sequences() / few_rows);
        parts = std::max(parts, Size(1));
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
    Before<Real> last;
    if constexpr (reads != Reads::nothing)
        last.state = states + work.row(t - 1, part, i) * work.width() + at;
    if constexpr (reads == Reads::diagonal) {
        last.diagonal = weight + 3 * at;
        if (mask) last.mask = mask + work.row(0, part, i) * work.width() + at;
    }
    return last;
}

template <class Real>
std::vector<std::unique_ptr<PackedMatrix<Real>>> pack_weights(const Work& work,
                                                     const Real* weight, bool back) {
    std::vector<std::unique_ptr<PackedMatrix<Real>>> packed(work.groups);
#pragma omp parallel for num_threads(team()) if (work.is_worth_threads())
    for (Size group = 0; group < work.groups; ++group) {
        const Size hidden = work.hidden;
        MatrixView<Real> matrix{weight + group * hidden * 3 * hidden, 3 * hidden};
        if (back) std::swap(matrix.row_stride, matrix.column_stride);
        packed[group].reset(new PackedMatrix<Real>(matrix, back ? 3 * hidden : hidden,
                                             back ? hidden : 3 * hidden));
    }
    return packed;
}

template <Reads reads, bool keeps, class Real>
void forward(Gates<Real> gates, const Real* weight, const Real* bias_new,
             const Real* mask, Real* inner, Real* states, const Work work) {
    const Size hidden = work.hidden, width = work.width();
    std::vector<std::unique_ptr<PackedMatrix<Real>>> packed;
    if constexpr (reads == Reads::product) packed = pack_weights(work, weight, false);
#pragma omp parallel num_threads(team()) if (work.is_worth_threads())
    {
        AlignedBuffer<Real> product, masked;
        if constexpr (reads == Reads::product) {
            product = make_buffer<Real>(block_rows * packed[0]->width());
            if (mask) masked = make_buffer<Real>(block_rows * hidden);
        }
#pragma omp for
        for (Size task = 0; task < work.tasks(); ++task) {
            const Size group = task / work.parts, part = task % work.parts;
            const Size at = group * hidden;
            const auto take_step = [&](auto how, Size t, Size i, const Real* learnt) {
                constexpr Reads learns = decltype(how)::value;
                const Size row = work.row(t, part, i);
                const Before<Real> last =
                    before<learns>(work, t, part, i, at, states, weight, mask);
                step<learns, keeps, Real>(
                    hidden, gates.at(row, group), learnt, last.diagonal, bias_new + at,
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
                    Size read_stride = work.parts * width;
                    if (mask) {
                        for (Size i = 0; i < rows; ++i) {
                            const Real* kept =
                                mask + work.row(0, part, begin + i) * width + at;
                            for (Size j = 0; j < hidden; ++j)
                                masked[i * hidden + j] =
                                    read[i * read_stride + j] * kept[j];
                        }
                        read = masked.get();
                        read_stride = hidden;
                    }
                    packed[group]->multiply({read, read_stride}, rows, product.get(),
                                            packed[group]->width());
                    for (Size i = 0; i < rows; ++i)
                        take_step(Constant<reads>(), t, begin + i,
                                  product.get() + i * packed[group]->width());
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
    std::vector<std::unique_ptr<PackedMatrix<Real>>> packed;
    if constexpr (reads == Reads::product) packed = pack_weights(work, weight, true);
#pragma omp parallel num_threads(team()) if (work.is_worth_threads())
    {
        const AlignedBuffer<Real> carried =
            make_buffer<Real>(work.count(0, 0) * hidden);
        AlignedBuffer<Real> product, grad_step;
        if constexpr (reads == Reads::product) {
            product = make_buffer<Real>(block_rows * packed[0]->width());
            grad_step = make_buffer<Real>(block_rows * 3 * hidden);
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
                    packed[group]->multiply({grad_step.get(), 3 * hidden}, rows,
                                            product.get(), packed[group]->width());
                    for (Size i = 0; i < rows; ++i) {
                        const Real* back = product.get() + i * packed[group]->width();
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

template <Reads reads, class Real>
void run(Real* gates, const Size* index, const Real* weight, const Real* bias_new,
         const Real* mask, Real* inner, Real* states, const Work& work) {
    const Gates<Real> read{gates, index, work.groups, 3 * work.hidden};
    (index ? forward<reads, false, Real> : forward<reads, true, Real>)(
        read, weight, bias_new, mask, inner, states, work);
}

}  // namespace

template <class Real>
void recurrence(Real* gates, const Size* index, const Real* weight,
                const Real* bias_new, const Real* mask, Real* inner, Real* states,
                const Size* offsets, Size steps, Size groups, Size hidden) {
    run<Reads::product>(gates, index, weight, bias_new, mask, inner, states,
                        Work(offsets, steps, groups, hidden));
}

template <class Real>
void recurrence_diagonal(Real* gates, const Size* index, const Real* weight,
                         const Real* bias_new, const Real* mask, Real* inner,
                         Real* states, const Size* offsets, Size steps, Size groups,
                         Size hidden) {
    run<Reads::diagonal>(gates, index, weight, bias_new, mask, inner, states,
                         Work(offsets, steps, groups, hidden));
}

template <class Real>
void recurrence_back(const Real* gates, const Real* inner, const Real* states,
                     const Real* grad_states, const Real* weight, const Real* mask,
                     Real* grad_gates, Real* grad_new, Real* previous,
                     const Size* offsets, Size steps, Size groups, Size hidden) {
    backward<Reads::product>(gates, inner, states, grad_states, weight, mask,
                             grad_gates, grad_new, previous,
                             Work(offsets, steps, groups, hidden));
}

template <class Real>
void recurrence_diagonal_back(const Real* gates, const Real* inner, const Real* states,
                              const Real* grad_states, const Real* weight,
                              const Real* mask, Real* grad_gates, Real* grad_new,
                              Real* previous, const Size* offsets, Size steps,
                              Size groups, Size hidden) {
    backward<Reads::diagonal>(gates, inner, states, grad_states, weight, mask,
                              grad_gates, grad_new, previous,
                              Work(offsets, steps, groups, hidden));
}

}  // namespace hanrock

HANROCK_EXPORT(recurrence)
HANROCK_EXPORT(recurrence_diagonal)
HANROCK_EXPORT(recurrence_back)
HANROCK_EXPORT(recurrence_diagonal_back)
