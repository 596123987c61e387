// The neighbour lies in the same directory, for rename(2) replaces a file at once only there.
#include "capture/new_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/error.hpp"

namespace deadair::capture {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw Error(fmt::format("cannot write {}: {}", path, why));
}

std::string reason(int error) { return std::generic_category().message(error); }

// Where a link leads to is replaced, not the link.
std::string target_of(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real.string();
}

std::string directory_of(const std::string& path) {
  const fs::path directory = fs::path(path).parent_path();
  return directory.empty() ? "." : directory.string();
}

void check_target(const std::string& path, const std::string& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) fail(path, "it is no regular file");
}

}  // namespace

void check_writable(const std::string& path) {
  const std::string target = target_of(path);
  check_target(path, target);
  if (::access(directory_of(target).c_str(), W_OK | X_OK) != 0) fail(path, reason(errno));
}

NewFile::NewFile(const std::string& path)
    : path_(path), target_(target_of(path)), temporary_(target_ + ".XXXXXX") {
  check_target(path_, target_);
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) fail(path_, reason(errno));
  constexpr mode_t kUsual = 0666;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor_, kUsual & ~mask);  // mkstemp() leaves it to its owner alone
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!kept_) ::unlink(temporary_.c_str());
}

void NewFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.from(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fail(path_, reason(errno));
    }
  }
}

// Some file systems tell of a full disk only here.
void NewFile::close() {
  if (descriptor_ < 0) return;
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) fail(path_, reason(errno));
}

void NewFile::keep() {
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(path_, reason(errno));
  kept_ = true;
}

}  // namespace deadair::capture
