// The product of a few rows with a matrix that is read again and again.
//
// A library is as fast where matrices are large (but see product.cpp). A step of a
// recurrence multiplies some dozens of rows: there it loses a quarter to bringing the
// matrix into order, each time, and to sharing out rows among threads that then wait
// for each other. Here the matrix is brought into order once, and a thread has steps
// and sequences to itself.
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

// A vector of numbers, in a register or anywhere in a table.
template <class Real> struct Vectors {
    typedef Real Vector __attribute__((vector_size(vector_bytes)));
    typedef Real Anywhere
        __attribute__((vector_size(vector_bytes), aligned(sizeof(Real)), may_alias));
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

// A matrix where it stands: how far apart its rows are, and the numbers of a row.
template <class Real> struct Rows {
    const Real* numbers;
    Size row, column = 1;

    Rows from(Size i, Size j) const {
        return {numbers + i * row + j * column, row, column};
    }
};

// A matrix (inner, outer), cut into panels of some columns, one behind the other; the
// last one is filled up with zeros.
template <class Real> class Panels {
    using Vector = typename Vectors<Real>::Vector;
    static constexpr Size panel = tile_vectors * vector_bytes / sizeof(Real);

    Size inner, outer;
    Numbers<Real> numbers;

    static Vector read(const Real* from) {
        return *reinterpret_cast<const typename Vectors<Real>::Anywhere*>(from);
    }
    static void write(Vector numbers, Real* to) {
        *reinterpret_cast<typename Vectors<Real>::Anywhere*>(to) = numbers;
    }

    template <int rows, int vectors>
    static void tile(const Rows<Real>& a, const Real* b, Real* out, Size out_row,
                     Size inner, bool adds) {
        Vector sums[rows][vectors];
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j)
                sums[i][j] = adds ? read(out + i * out_row + j * lanes) : Vector{};
        for (Size k = 0; k < inner; ++k, b += vectors * lanes) {
            Vector row[vectors];
            for (int j = 0; j < vectors; ++j) row[j] = read(b + j * lanes);
            for (int i = 0; i < rows; ++i)
                for (int j = 0; j < vectors; ++j)
                    sums[i][j] += a.numbers[i * a.row + k * a.column] * row[j];
        }
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j)
                write(sums[i][j], out + i * out_row + j * lanes);
    }

    // Tiles of as many rows as there are, then of fewer.
    template <int rows, int vectors>
    static void tiles(Rows<Real> a, const Real* b, Real* out, Size out_row, Size count,
                      Size inner, bool adds) {
        for (; count >= rows; count -= rows, a = a.from(rows, 0), out += rows * out_row)
            tile<rows, vectors>(a, b, out, out_row, inner, adds);
        if constexpr (rows > 1)
            if (count > 0)
                tiles<rows - 1, vectors>(a, b, out, out_row, count, inner, adds);
    }

    template <int vectors>
    static void some(Size needed, const Rows<Real>& a, const Real* b, Real* out,
                     Size out_row, Size count, Size inner, bool adds) {
        if (needed == vectors)
            tiles<tile_rows, vectors>(a, b, out, out_row, count, inner, adds);
        else if constexpr (vectors > 1)
            some<vectors - 1>(needed, a, b, out, out_row, count, inner, adds);
    }

    static Size filled(Size columns) { return (columns + lanes - 1) / lanes * lanes; }

  public:
    static constexpr Size lanes = vector_bytes / sizeof(Real);
    static constexpr Size depth = 152;  // rows of a panel that the nearest cache holds

    // The width of a row of the result: the columns of the matrix, filled up.
    Size width() const { return filled(outer); }

    // Room for a matrix of so many rows and columns.
    Panels(Size inner, Size outer)
        : inner(inner), outer(outer), numbers(make_numbers<Real>(inner * width())) {}

    Panels(Rows<Real> matrix, Size inner, Size outer) : Panels(inner, outer) {
        take(matrix, inner);
    }

    // Takes the place of the matrix that was there. It may have fewer rows.
    void take(Rows<Real> matrix, Size rows) {
        inner = rows;
        Real* to = numbers.get();
        for (Size begin = 0; begin < outer; begin += panel) {
            const Size left = width() - begin, wide = left < panel ? left : panel;
            const Size real = outer - begin < wide ? outer - begin : wide;
            for (Size k = 0; k < inner; ++k, to += wide) {
                const Rows<Real> from = matrix.from(k, begin);
                if (from.column == 1) std::copy_n(from.numbers, real, to);
                else
                    for (Size j = 0; j < real; ++j)
                        to[j] = from.numbers[j * from.column];
                for (Size j = real; j < wide; ++j) to[j] = 0;
            }
        }
    }

    // out = a . matrix, for `count` rows; or that is added to what is there.
    void multiply(const Rows<Real>& a, Size count, Real* out, Size out_row,
                  bool adds = false) const {
        const Real* b = numbers.get();
        for (Size begin = 0; begin < width(); begin += panel) {
            const Size left = width() - begin, wide = left < panel ? left : panel;
            for (Size k = 0; k < inner; k += depth)
                some<tile_vectors>(wide / lanes, a.from(0, k), b + k * wide,
                                   out + begin, out_row, count,
                                   std::min(depth, inner - k), adds || k > 0);
            b += inner * wide;
        }
    }
};
