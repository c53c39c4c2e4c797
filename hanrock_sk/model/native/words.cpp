// Rows of word vectors, as the input GEMM reads them; see model/words.py.
#include "common.h"

#include <algorithm>

namespace hanrock {
namespace {

constexpr Size few_elements = 1 << 14;  // not worth another thread's time

}  // namespace

// A row is a word's vector, times the mask of its talkturn if there is one, then a one,
// then zeros.
template <class Real>
void write_word_rows(const Real* embedding, const Size* words, const Real* mask,
                     const Size* talkturn, Real* rows, Size count, Size words_read,
                     Size width, Size row_stride) {
#pragma omp parallel for if (count * width > few_elements)
    for (Size i = 0; i < count; ++i) {
        const Real* from = embedding + words[i] * width;
        Real* to = rows + i * row_stride;
        if (mask) {
            const Real* kept = mask + talkturn[i % words_read] * width;
            for (Size j = 0; j < width; ++j) to[j] = from[j] * kept[j];
        } else {
            std::copy_n(from, width, to);
        }
        to[width] = 1;
        std::fill(to + width + 1, to + row_stride, Real(0));
    }
}

}  // namespace hanrock

HANROCK_EXPORT(write_word_rows)
