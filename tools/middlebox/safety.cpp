// Refuses to run anywhere but inside a lab.
#include "safety.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/byte_view.hpp"
#include "bytes/error.hpp"
#include "file_descriptor.hpp"

namespace deadair::middlebox {
namespace {

using NamespaceId = std::pair<dev_t, ino_t>;

// A process's network namespace (namespaces(7)); nothing when the kernel does not show it.
std::optional<NamespaceId> namespace_of(pid_t pid) {
  struct stat info {};
  const std::string link = "/proc/" + std::to_string(pid) + "/ns/net";
  if (::stat(link.c_str(), &info) != 0) return std::nullopt;
  return NamespaceId{info.st_dev, info.st_ino};
}

// 0 when there is none.
pid_t parent_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  const std::string key = "PPid:";
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return static_cast<pid_t>(std::stol(line.substr(key.size())));
  return 0;
}

// That of init; where a sandbox hides it, that of the furthest ancestor it shows.
std::optional<NamespaceId> machine_namespace() {
  if (const auto init = namespace_of(1)) return init;
  std::optional<NamespaceId> furthest;
  for (pid_t pid = ::getppid(); pid > 1; pid = parent_of(pid))
    if (const auto found = namespace_of(pid)) furthest = found;
  return furthest;
}

struct LinkRequest {
  nlmsghdr header;
  ifinfomsg info;
};

// The kernel's answer to RTM_GETLINK for one interface (rtnetlink(7)), netlink header first.
std::size_t ask_about_link(unsigned interface_index, std::array<std::uint8_t, 65536>& answer) {
  const FileDescriptor fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  LinkRequest request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.info.ifi_family = AF_UNSPEC;
  request.info.ifi_index = static_cast<int>(interface_index);
  if (fd.get() < 0 || ::send(fd.get(), &request, sizeof request, 0) < 0) return 0;
  const ssize_t size = ::recv(fd.get(), answer.data(), answer.size(), 0);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

// The text of attribute `wanted`; attributes are little blocks of length, type and value, each
// padded to four bytes, in host order.
std::string text_attribute(ByteView attributes, std::uint16_t wanted) {
  constexpr std::size_t kHeader = 4;
  while (attributes.has(0, kHeader)) {
    std::uint16_t length = 0, type = 0;
    std::memcpy(&length, attributes.data(), sizeof length);
    std::memcpy(&type, attributes.from(2).data(), sizeof type);
    if (length < kHeader) break;
    if (type == wanted) {
      const std::string_view text = attributes.sub(kHeader, length - kHeader).text();
      return std::string(text.substr(0, text.find('\0')));
    }
    attributes = attributes.from((length + 3U) & ~3U);
  }
  return {};
}

}  // namespace

void require_lab_namespace() {
  if (::geteuid() != 0) throw Error("needs root, as tools/lab does that starts it");
  const auto own = namespace_of(::getpid());
  const auto machine = machine_namespace();
  if (!own || !machine)
    throw Error("cannot read /proc/1/ns/net: without it this may be the machine's own network");
  if (*own == *machine)
    throw Error(
        "this is the machine's own network: it runs only in a namespace that tools/lab made");
}

void require_lab_interface(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  if (index == 0) throw Error("no interface " + interface + " in this namespace");
  static std::array<std::uint8_t, 65536> answer;
  const std::size_t size = ask_about_link(index, answer);
  const ByteView message = ByteView(answer).first(size);
  const std::string alias = text_attribute(message.from(sizeof(LinkRequest)), IFLA_IFALIAS);
  if (alias != kLabAlias)
    throw Error("interface " + interface + " has no alias " + kLabAlias +
                ": it was not made by tools/lab, so nothing is done to it");
}

}  // namespace deadair::middlebox
