// What the kernels have in common: sizes, memory, matrices, exported functions.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

namespace hanrock {

using Size = std::int64_t;

constexpr Size cache_line = 64;  // bytes

// Uninitialised memory that begins at a cache line: no vector lies across two of them.
struct FreeAligned {
    void operator()(void* memory) const {
        ::operator delete(memory, std::align_val_t(cache_line));
    }
};
template <class Real> using AlignedBuffer = std::unique_ptr<Real[], FreeAligned>;

template <class Real> AlignedBuffer<Real> make_buffer(Size count) {
    return AlignedBuffer<Real>(static_cast<Real*>(
        ::operator new(count * sizeof(Real), std::align_val_t(cache_line))));
}

// A matrix where it stands, of any strides: how far apart neighbours in a column are,
// and neighbours in a row.
template <class Real> struct MatrixView {
    const Real* data;
    Size row_stride, column_stride = 1;

    MatrixView from(Size row, Size column) const {
        return {data + row * row_stride + column * column_stride, row_stride,
                column_stride};
    }
};

// A function that Python calls, and a letter for each of its arguments: p for the
// address of a table, n for a size. So signatures are stated where functions are
// defined, and nowhere else.
struct Kernel {
    const void* address;
    const char* signature;
};

template <class Argument> constexpr char letter() {
    static_assert(std::is_pointer_v<Argument> || std::is_same_v<Argument, Size>);
    return std::is_pointer_v<Argument> ? 'p' : 'n';
}
template <class... Arguments> struct Letters {
    static constexpr char text[] = {letter<Arguments>()..., '\0'};
};
template <class... Arguments> Kernel kernel_of(void (*function)(Arguments...)) {
    return {reinterpret_cast<const void*>(function), Letters<Arguments...>::text};
}

}  // namespace hanrock

// Exports a function template of namespace hanrock for both types of numbers.
#define HANROCK_EXPORT(name)                                                           \
    extern "C" {                                                                       \
    extern const hanrock::Kernel name##_float, name##_double;                          \
    const hanrock::Kernel name##_float = hanrock::kernel_of(&hanrock::name<float>);    \
    const hanrock::Kernel name##_double = hanrock::kernel_of(&hanrock::name<double>);  \
    }
