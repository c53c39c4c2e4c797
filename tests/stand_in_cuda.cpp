// A CUDA device that is not there: torch's C++ asks this for streams, guards and
// generators' hooks, and gets answers that say "one device, nothing to wait for".
// tests/stand_in_cuda.py builds and loads it.
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <memory>

namespace {

const c10::Device only_device(c10::DeviceType::CUDA, 0);
const c10::Stream only_stream(c10::Stream::DEFAULT, only_device);

class Guard final : public c10::impl::DeviceGuardImplInterface {
  public:
    c10::DeviceType type() const override { return c10::DeviceType::CUDA; }
    c10::DeviceIndex deviceCount() const noexcept override { return 1; }
    c10::Device getDevice() const override { return only_device; }
    c10::Device exchangeDevice(c10::Device) const override { return only_device; }
    void setDevice(c10::Device) const override {}
    void uncheckedSetDevice(c10::Device) const noexcept override {}
    c10::Stream getStream(c10::Device) const noexcept override { return only_stream; }
    c10::Stream getNewStream(c10::Device, int) const override { return only_stream; }
    c10::Stream getDefaultStream(c10::Device) const override { return only_stream; }
    c10::Stream exchangeStream(c10::Stream) const noexcept override {
        return only_stream;
    }
    bool queryStream(const c10::Stream&) const override { return true; }
    void synchronizeStream(const c10::Stream&) const override {}
    void record(void**, const c10::Stream&, const c10::DeviceIndex,
                const c10::EventFlag) const override {}
    void block(void*, const c10::Stream&) const override {}
    bool queryEvent(void*) const override { return true; }
    void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}
};

struct Hooks : public at::CUDAHooksInterface {
    explicit Hooks(at::CUDAHooksArgs) {}
    void init() const override {}
    bool hasCUDA() const override { return true; }
    bool isBuilt() const override { return true; }
    bool isAvailable() const override { return true; }
    bool hasPrimaryContext(c10::DeviceIndex) const override { return false; }
    c10::DeviceIndex deviceCount() const override { return 1; }
    c10::DeviceIndex getCurrentDevice() const override { return 0; }
};

std::unique_ptr<at::CUDAHooksInterface> make_hooks(at::CUDAHooksArgs arguments) {
    return std::make_unique<Hooks>(arguments);
}

// When the library is loaded.
const bool registered = [] {
    at::CUDAHooksRegistry()->Register("CUDAHooks", make_hooks, c10::REGISTRY_PREFERRED);
    return true;
}();

}  // namespace

extern "C" void install_stand_in() {
    c10::impl::registerDeviceGuard(c10::DeviceType::CUDA, new Guard());
}
