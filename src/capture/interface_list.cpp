// Lists the interfaces libpcap could capture on.
#include <array>

#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

#include "bytes/error.hpp"
#include "capture/open.hpp"

namespace deadair::capture {
namespace {

// The text of an IPv4 or IPv6 address; empty for any other kind.
std::string text_of(const sockaddr& address) {
  socklen_t size = 0;
  if (address.sa_family == AF_INET) size = sizeof(sockaddr_in);
  if (address.sa_family == AF_INET6) size = sizeof(sockaddr_in6);
  std::array<char, NI_MAXHOST> text{};
  const bool known = size != 0 && getnameinfo(&address, size, text.data(), text.size(), nullptr, 0,
                                              NI_NUMERICHOST) == 0;
  return known ? text.data() : std::string();
}

InterfaceInfo describe(const pcap_if_t& device) {
  InterfaceInfo info;
  info.name = device.name;
  if (device.description != nullptr) info.description = device.description;
  info.up = (device.flags & PCAP_IF_UP) != 0;
  info.running = (device.flags & PCAP_IF_RUNNING) != 0;
  info.loopback = (device.flags & PCAP_IF_LOOPBACK) != 0;
  for (const pcap_addr_t* entry = device.addresses; entry != nullptr; entry = entry->next) {
    std::string text = entry->addr != nullptr ? text_of(*entry->addr) : std::string();
    if (!text.empty()) info.addresses.push_back(std::move(text));
  }
  return info;
}

}  // namespace

std::vector<InterfaceInfo> list_interfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  pcap_if_t* devices = nullptr;
  if (pcap_findalldevs(&devices, message.data()) != 0)
    throw Error("the interfaces cannot be listed: " + std::string(message.data()));
  std::vector<InterfaceInfo> list;
  for (const pcap_if_t* device = devices; device != nullptr; device = device->next)
    list.push_back(describe(*device));
  pcap_freealldevs(devices);
  return list;
}

}  // namespace deadair::capture
