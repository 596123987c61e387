// Plain read(2): for bytes read once, front to back, it costs less than mapping the file.
#include "capture/byte_input.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/error.hpp"

namespace deadair::capture {
namespace {

constexpr int kStopCheckMilliseconds = 200;

std::string reason(int code) { return std::generic_category().message(code); }

class FileInput final : public ByteInput {
 public:
  FileInput(int descriptor, const std::atomic<bool>& stop) : descriptor_(descriptor), stop_(stop) {
    struct stat info {};
    regular_ = fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode);
    if (!regular_) return;
    size_ = static_cast<std::uint64_t>(info.st_size);
    posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  ~FileInput() override {
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::size_t read(std::span<std::uint8_t> out) override {
    while (regular_ || wait_for_data()) {
      const ssize_t got = ::read(descriptor_, out.data(), out.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR || errno == EAGAIN) continue;
      problem_ = "read error: " + reason(errno);
      return 0;
    }
    return 0;
  }
  [[nodiscard]] std::string problem() const override { return problem_; }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool reopenable() const override { return regular_ && descriptor_ != STDIN_FILENO; }

 private:
  // A pipe may stay silent for ever, so a blocking read could never be stopped.
  [[nodiscard]] bool wait_for_data() const {
    while (!stop_.load(std::memory_order_relaxed)) {
      pollfd request{descriptor_, POLLIN, 0};
      const int ready = poll(&request, 1, kStopCheckMilliseconds);
      if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    }
    return false;
  }

  std::string problem_;
  int descriptor_;
  const std::atomic<bool>& stop_;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

class MemoryInput final : public ByteInput {
 public:
  explicit MemoryInput(ByteView bytes) : bytes_(bytes), size_(bytes.size()) {}

  std::size_t read(std::span<std::uint8_t> out) override {
    const ByteView part = bytes_.first(out.size());
    std::copy(part.begin(), part.end(), out.begin());
    bytes_ = bytes_.from(part.size());
    return part.size();
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  ByteView bytes_;
  std::uint64_t size_;
};

}  // namespace

std::unique_ptr<ByteInput> open_input(const std::string& path, const std::atomic<bool>& stop) {
  if (path == "-") return std::make_unique<FileInput>(STDIN_FILENO, stop);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error(path + ": cannot be opened: " + reason(errno));
  return std::make_unique<FileInput>(descriptor, stop);
}

std::unique_ptr<ByteInput> memory_input(ByteView bytes) {
  return std::make_unique<MemoryInput>(bytes);
}

}  // namespace deadair::capture
