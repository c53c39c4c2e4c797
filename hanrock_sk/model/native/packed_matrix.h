// A matrix packed for GEMMs of a few rows, that is read again and again.
//
// A library is as fast where matrices are large (but see gemm.cpp). A step of a
// recurrence multiplies some dozens of rows: there it loses a quarter to packing the
// matrix, each time, and to sharing out rows among threads that then wait for each
// other. Here the matrix is packed once, and a thread has steps and sequences to
// itself.
//
// Each number is a sum in the order of the matrix's rows, whatever rows stand beside it
// and however many threads there are.
#pragma once

#include "common.h"

#include <algorithm>

namespace hanrock {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64, tile_rows = 6, tile_vectors = 4;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32, tile_rows = 4, tile_vectors = 3;
#else
constexpr int vector_bytes = 16, tile_rows = 4, tile_vectors = 3;
#endif
// A tile of sums, the vectors of one row of the matrix, and a broadcast number are what
// registers hold: 32 with AVX-512, else 16.

// A vector of numbers, in a register, or unaligned in memory.
template <class Real> struct Vectors {
    typedef Real Vector __attribute__((vector_size(vector_bytes)));
    typedef Real Unaligned
        __attribute__((vector_size(vector_bytes), aligned(sizeof(Real)), may_alias));
};

// A matrix (inner, outer) in panels of some columns, one behind the other; the last
// vector of the last panel is padded with zeros.
template <class Real> class PackedMatrix {
    using Vector = typename Vectors<Real>::Vector;
    static constexpr Size panel = tile_vectors * vector_bytes / sizeof(Real);

    Size inner, outer;
    AlignedBuffer<Real> packed;

    static Vector read(const Real* from) {
        return *reinterpret_cast<const typename Vectors<Real>::Unaligned*>(from);
    }
    static void write(Vector vector, Real* to) {
        *reinterpret_cast<typename Vectors<Real>::Unaligned*>(to) = vector;
    }

    template <int rows, int vectors>
    static void tile(const MatrixView<Real>& a, const Real* b, Real* out,
                     Size out_stride, Size inner, bool adds) {
        Vector sums[rows][vectors];
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j)
                sums[i][j] = adds ? read(out + i * out_stride + j * lanes) : Vector{};
        for (Size k = 0; k < inner; ++k, b += vectors * lanes) {
            Vector row[vectors];
            for (int j = 0; j < vectors; ++j) row[j] = read(b + j * lanes);
            for (int i = 0; i < rows; ++i)
                for (int j = 0; j < vectors; ++j)
                    sums[i][j] +=
                        a.data[i * a.row_stride + k * a.column_stride] * row[j];
        }
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < vectors; ++j)
                write(sums[i][j], out + i * out_stride + j * lanes);
    }

    // Tiles of as many rows as there are, then of fewer.
    template <int rows, int vectors>
    static void tiles(MatrixView<Real> a, const Real* b, Real* out, Size out_stride,
                      Size count, Size inner, bool adds) {
        for (; count >= rows; count -= rows) {
            tile<rows, vectors>(a, b, out, out_stride, inner, adds);
            a = a.from(rows, 0);
            out += rows * out_stride;
        }
        if constexpr (rows > 1)
            if (count > 0)
                tiles<rows - 1, vectors>(a, b, out, out_stride, count, inner, adds);
    }

    template <int vectors>
    static void some(Size needed, const MatrixView<Real>& a, const Real* b, Real* out,
                     Size out_stride, Size count, Size inner, bool adds) {
        if (needed == vectors)
            tiles<tile_rows, vectors>(a, b, out, out_stride, count, inner, adds);
        else if constexpr (vectors > 1)
            some<vectors - 1>(needed, a, b, out, out_stride, count, inner, adds);
    }

    static Size padded(Size columns) { return (columns + lanes - 1) / lanes * lanes; }

  public:
    static constexpr Size lanes = vector_bytes / sizeof(Real);
    static constexpr Size depth = 152;  // rows of a panel in the first-level cache

    // The width of a row of the result: the columns of the matrix, padded.
    Size width() const { return padded(outer); }

    // Room for a matrix of so many rows and columns.
    PackedMatrix(Size inner, Size outer)
        : inner(inner), outer(outer), packed(make_buffer<Real>(inner * width())) {}

    PackedMatrix(MatrixView<Real> matrix, Size inner, Size outer)
        : PackedMatrix(inner, outer) {
        pack(matrix, inner);
    }

    // Replaces the matrix that was there; the new one may have fewer rows.
    void pack(MatrixView<Real> matrix, Size rows) {
        inner = rows;
        Real* to = packed.get();
        for (Size begin = 0; begin < outer; begin += panel) {
            const Size left = width() - begin, wide = left < panel ? left : panel;
            const Size real = outer - begin < wide ? outer - begin : wide;
            for (Size k = 0; k < inner; ++k, to += wide) {
                const MatrixView<Real> from = matrix.from(k, begin);
                if (from.column_stride == 1) std::copy_n(from.data, real, to);
                else
                    for (Size j = 0; j < real; ++j)
                        to[j] = from.data[j * from.column_stride];
                for (Size j = real; j < wide; ++j) to[j] = 0;
            }
        }
    }

    // out = a . matrix, for `count` rows; or that is added to what is there.
    void multiply(const MatrixView<Real>& a, Size count, Real* out, Size out_stride,
                  bool adds = false) const {
        const Real* b = packed.get();
        for (Size begin = 0; begin < width(); begin += panel) {
            const Size left = width() - begin, wide = left < panel ? left : panel;
            for (Size k = 0; k < inner; k += depth)
                some<tile_vectors>(wide / lanes, a.from(0, k), b + k * wide,
                                   out + begin, out_stride, count,
                                   std::min(depth, inner - k), adds || k > 0);
            b += inner * wide;
        }
    }
};

}  // namespace hanrock
