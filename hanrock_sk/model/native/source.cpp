// What the library was compiled from, so that it is never called as if it were another.
extern "C" {
extern const char* const source;
const char* const source = SOURCE;
}
