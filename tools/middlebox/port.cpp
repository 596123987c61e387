// Receives and sends whole frames on one interface through a packet socket.
#include "port.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include "bytes/error.hpp"

namespace deadair::middlebox {
namespace {

void set_option(int fd, int level, int option, int value, const std::string& interface) {
  if (::setsockopt(fd, level, option, &value, sizeof value) != 0)
    throw Error("interface " + interface + ": socket option refused: " + std::strerror(errno));
}

void bind_to(int fd, unsigned index, const std::string& interface) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw Error("interface " + interface + ": cannot bind: " + std::strerror(errno));
}

// Frames for other hosts are what a bridge is there for.
void listen_to_all(int fd, unsigned index) {
  packet_mreq request{};
  request.mr_ifindex = static_cast<int>(index);
  request.mr_type = PACKET_MR_PROMISC;
  ::setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

}  // namespace

Port::Port(const std::string& interface) {
  constexpr int kReceiveBuffer = 32 << 20;
  const unsigned index = ::if_nametoindex(interface.c_str());
  // Protocol 0: nothing comes in before it is bound to its interface.
  fd_ = FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (index == 0 || fd_.get() < 0)
    throw Error("interface " + interface + ": cannot open: " + std::strerror(errno));
  set_option(fd(), SOL_PACKET, PACKET_VNET_HDR, 1, interface);
  // Else every frame sent here would come in again.
  set_option(fd(), SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, interface);
  set_option(fd(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer, interface);
  set_option(fd(), SOL_SOCKET, SO_SNDBUFFORCE, kReceiveBuffer, interface);
  bind_to(fd(), index, interface);
  listen_to_all(fd(), index);
  buffers_.assign(kBatch, Bytes(kMostFrame));
}

std::size_t Port::receive_batch() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts_[i] = {iovec{&offloads_[i], sizeof offloads_[i]},
                 iovec{buffers_[i].data(), buffers_[i].size()}};
    messages_[i] = {};
    messages_[i].msg_hdr.msg_iov = parts_[i].data();
    messages_[i].msg_hdr.msg_iovlen = parts_[i].size();
  }
  const int count = ::recvmmsg(fd(), messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

Frame Port::frame_at(std::size_t i) const {
  const std::size_t got = messages_[i].msg_len;
  const std::size_t size = got < sizeof(Offload) ? 0 : got - sizeof(Offload);
  const ByteView bytes = ByteView(buffers_[i]).first(size);
  return {Bytes(bytes.begin(), bytes.end()), offloads_[i]};
}

void Port::send(const Frame& frame) {
  Offload header = frame.offload;
  std::array<iovec, 2> parts = {
      iovec{&header, sizeof header},
      iovec{const_cast<std::uint8_t*>(frame.bytes.data()), frame.bytes.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  if (::sendmsg(fd(), &message, 0) < 0) ++failed_;
}

std::uint64_t Port::missed() const {
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  if (::getsockopt(fd(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0) return 0;
  return stats.tp_drops;
}

}  // namespace deadair::middlebox
