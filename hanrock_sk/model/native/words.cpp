// The vectors of words, as the input product reads them; see model/words.py.
#include <algorithm>
#include <cstdint>

namespace {

using Size = std::int64_t;

constexpr Size few_elements = 1 << 14;  // not worth another thread's time

// A row is a word's vector, times the mask of its talkturn if there is one, then a one,
// then zeros.
template <class Real>
void write_rows(const Real* embedding, const Size* words, const Real* mask,
                const Size* talkturn, Real* rows, Size count, Size talkturns_known,
                Size width, Size row) {
#pragma omp parallel for if (count * width > few_elements)
    for (Size i = 0; i < count; ++i) {
        const Real* from = embedding + words[i] * width;
        Real* to = rows + i * row;
        if (mask) {
            const Real* kept = mask + talkturn[i % talkturns_known] * width;
            for (Size j = 0; j < width; ++j) to[j] = from[j] * kept[j];
        } else {
            std::copy_n(from, width, to);
        }
        to[width] = 1;
        std::fill(to + width + 1, to + row, Real(0));
    }
}

}  // namespace

#define EXPORT(Real)                                                                   \
    void word_rows_##Real(const Real* embedding, const Size* words, const Real* mask,  \
                          const Size* talkturn, Real* rows, Size count,                \
                          Size talkturns_known, Size width, Size row) {                \
        write_rows<Real>(embedding, words, mask, talkturn, rows, count,                \
                         talkturns_known, width, row);                                 \
    }

extern "C" {
EXPORT(float)
EXPORT(double)
}
