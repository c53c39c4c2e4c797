// Rows of word vectors, as the input GEMM reads them; see model/words.py.
#include "common.h"
#include "threads.h"

#include <algorithm>

namespace hanrock {
namespace {

constexpr Size few_elements = 1 << 14;  // not worth another thread's time

}  // namespace

// A row is a word's vector; then the standardised one that an encoder gave it, if there
// is an encoder, where a vector of zeros is none; both times the mask of its talkturn, if
// there is one; then a one, then zeros.
template <class Real>
void write_word_rows(const Real* embedding, const Size* words, const Real* mask,
                     const Size* talkturn, const Real* given, const Real* mean,
                     const Real* spread, const Size* mirror, Real* rows, Size count,
                     Size words_read, Size width, Size given_width, Size row_stride) {
    const Size whole = width + given_width;
#pragma omp parallel for num_threads(team()) if (count * whole > few_elements)
    for (Size i = 0; i < count; ++i) {
        Real* to = rows + i * row_stride;
        std::copy_n(embedding + words[i] * width, width, to);
        const Size place = i % words_read;
        if (given_width) {
            const Size row = i < words_read ? place : mirror[place];
            const Real* from = given + row * given_width;
            Real* said = to + width;
            if (std::any_of(from, from + given_width, [](Real x) { return x != 0; }))
                for (Size j = 0; j < given_width; ++j)
                    said[j] = (from[j] - mean[j]) / spread[j];
            else
                std::fill_n(said, given_width, Real(0));
        }
        if (mask) {
            const Real* kept = mask + talkturn[place] * whole;
            for (Size j = 0; j < whole; ++j) to[j] *= kept[j];
        }
        to[whole] = 1;
        std::fill(to + whole + 1, to + row_stride, Real(0));
    }
}

}  // namespace hanrock

HANROCK_EXPORT(write_word_rows)
