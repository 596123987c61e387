// Blocks to a file descriptor, with a full disk and a closed pipe told apart.
#include "report/output.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/error.hpp"

namespace deadair::report {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

Output::Output(std::string path) : path_(std::move(path)) {
  if (path_.empty() || path_ == "-") {
    path_ = "standard output";
    descriptor_ = STDOUT_FILENO;
    return;
  }
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw Error(fmt::format("cannot write {}: {}", path_, reason(errno)));
  owned_ = true;
}

Output::~Output() {
  if (owned_) ::close(descriptor_);
}

void Output::write(std::string_view block) {
  while (!block.empty() && !reader_gone_) {
    const ssize_t written = ::write(descriptor_, block.data(), block.size());
    if (written >= 0) {
      block.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      reader_gone_ = true;
    } else if (errno == EAGAIN) {  // somebody made our terminal or pipe non-blocking
      pollfd writable{descriptor_, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      throw Error(fmt::format("cannot write {}: {}", path_, reason(errno)));
    }
  }
}

bool Output::is_terminal() const { return ::isatty(descriptor_) == 1; }

bool Output::same_file(const Output& other) const {
  struct stat mine {};
  struct stat theirs {};
  if (::fstat(descriptor_, &mine) != 0 || ::fstat(other.descriptor_, &theirs) != 0) return false;
  return S_ISREG(mine.st_mode) && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

}  // namespace deadair::report
