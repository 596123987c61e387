// Refuses to run anywhere but inside a lab.
#include "safety.hpp"

#include <array>
#include <cstring>

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

// The identity of a process's network namespace, from namespaces(7).
struct stat namespace_of(const char* link) {
  struct stat info {};
  if (::stat(link, &info) != 0)
    throw Error(std::string("cannot read ") + link +
                ": without it there is no telling whether this is a lab's namespace");
  return info;
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
  const struct stat own = namespace_of("/proc/self/ns/net");
  const struct stat init = namespace_of("/proc/1/ns/net");
  if (own.st_dev == init.st_dev && own.st_ino == init.st_ino)
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
