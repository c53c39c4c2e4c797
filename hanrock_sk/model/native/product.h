// The product of a few rows with a matrix that is read again and again.
//
// A library is as fast where matrices are large. A step of a recurrence multiplies some
// dozens of rows: there it loses a quarter to bringing the matrix into order, each time,
// and to sharing out rows among threads that then wait for each other. Here the matrix
// is brought into order once, and a thread has steps and sequences to itself.
//
// Each number is a sum in the order of the matrix's rows, whatever rows stand beside it
// and however many threads there are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

using Size = std::int64_t;

#if defined(__AVX512F__)
constexpr int vector_bytes = 64, tile_rows = 6, tile_vectors = 4;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32, tile_rows = 4, tile_vectors = 3;
#else
constexpr int vector_bytes = 16, tile_rows = 4, tile_vectors = 3;
#endif
// So many sums, the vectors of one row of the matrix, and a number, are what registers
// hold: 32 with AVX-512, else 16.

template <class Real> struct Lanes;
template <> struct Lanes<float> {
    typedef float Vector __attribute__((vector_size(vector_bytes), aligned(4)));
};
template <> struct Lanes<double> {
    typedef double Vector __attribute__((vector_size(vector_bytes), aligned(8)));
};

// Numbers that begin where a line of the cache does: vectors then lie in one line each.
struct Free {
    void operator()(void* numbers) const {
        ::operator delete(numbers, std::align_val_t(64));
    }
};
template <class Real> using Numbers = std::unique_ptr<Real[], Free>;

template <class Real> Numbers<Real> make_numbers(Size count) {
    return Numbers<Real>(static_cast<Real*>(
        ::operator new(count * sizeof(Real), std::align_val_t(64))));
}

// A matrix (inner, outer), cut into panels of some columns, one behind the other; the
// last one is filled up with zeros.
template <class Real> class Panels {
    using Vector = typename Lanes<Real>::Vector;
    static constexpr Size lanes = vector_bytes / sizeof(Real);
    static constexpr Size panel = tile_vectors * lanes;
    static constexpr Size depth = 152;  // rows of a panel that the nearest cache holds

    Size inner, outer;
    Numbers<Real> numbers;

    template <int rows, int vectors>
    static void tile(const Real* a, Size a_row, const Real* b, Real* out, Size out_row,
                     Size inner, bool adds) {
        const auto place = [&](int i, int j) {
            return reinterpret_cast<Vector*>(out + i * out_row + j * lanes);
        };
        Vector sums[rows][vectors];
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j)
                sums[i][j] = adds ? *place(i, j) : Vector{};
        for (Size k = 0; k < inner; ++k, b += vectors * lanes) {
            Vector row[vectors];
            for (int j = 0; j < vectors; ++j)
                row[j] = *reinterpret_cast<const Vector*>(b + j * lanes);
            for (int i = 0; i < rows; ++i)
                for (int j = 0; j < vectors; ++j) sums[i][j] += a[i * a_row + k] * row[j];
        }
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j) *place(i, j) = sums[i][j];
    }

    // Tiles of as many rows as there are, then of fewer.
    template <int rows, int vectors>
    static void tiles(const Real* a, Size a_row, const Real* b, Real* out, Size out_row,
                      Size count, Size inner, bool adds) {
        for (; count >= rows; count -= rows, a += rows * a_row, out += rows * out_row)
            tile<rows, vectors>(a, a_row, b, out, out_row, inner, adds);
        if constexpr (rows > 1)
            if (count > 0)
                tiles<rows - 1, vectors>(a, a_row, b, out, out_row, count, inner, adds);
    }

    template <int vectors>
    static void some(Size needed, const Real* a, Size a_row, const Real* b, Real* out,
                     Size out_row, Size count, Size inner, bool adds) {
        if (needed == vectors)
            tiles<tile_rows, vectors>(a, a_row, b, out, out_row, count, inner, adds);
        else if constexpr (vectors > 1)
            some<vectors - 1>(needed, a, a_row, b, out, out_row, count, inner, adds);
    }

    static Size filled(Size columns) { return (columns + lanes - 1) / lanes * lanes; }

  public:
    // The width of a row of the result: the columns of the matrix, filled up.
    Size width() const { return filled(outer); }

    // Takes `rows` and `columns` of the matrix, or of what it is transposed from.
    Panels(const Real* matrix, Size rows, Size columns, bool transpose)
        : inner(transpose ? columns : rows), outer(transpose ? rows : columns),
          numbers(make_numbers<Real>(inner * filled(outer))) {
        Real* to = numbers.get();
        for (Size begin = 0; begin < outer; begin += panel) {
            const Size left = filled(outer - begin), wide = left < panel ? left : panel;
            const Size real = outer - begin < wide ? outer - begin : wide;
            for (Size k = 0; k < inner; ++k, to += wide) {
                for (Size j = 0; j < real; ++j)
                    to[j] = transpose ? matrix[(begin + j) * columns + k]
                                      : matrix[k * columns + begin + j];
                for (Size j = real; j < wide; ++j) to[j] = 0;
            }
        }
    }

    // out = a . matrix, for `count` rows. a's stand `a_row` numbers apart.
    void multiply(const Real* a, Size a_row, Size count, Real* out) const {
        const Real* b = numbers.get();
        for (Size begin = 0; begin < width(); begin += panel) {
            const Size left = width() - begin, wide = left < panel ? left : panel;
            for (Size k = 0; k < inner; k += depth)
                some<tile_vectors>(wide / lanes, a + k, a_row, b + k * wide,
                                   out + begin, width(), count,
                                   std::min(depth, inner - k), k > 0);
            b += inner * wide;
        }
    }
};
