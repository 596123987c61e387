// Sets libpcap up so that it neither waits for ever on an idle interface nor loses what it holds.
#include "capture/live_ring.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/socket.h>

#include "bytes/error.hpp"
#include "capture/link_type.hpp"

namespace deadair::capture {
namespace {

constexpr int kBlockMilliseconds = 10;  // after which the kernel hands over a block half full
constexpr std::size_t kArenaBytes = std::size_t{1} << 20;
constexpr std::uint32_t kMaxSnaplen = 262'144;  // as much as libpcap captures
constexpr std::uint32_t kMaxBufferMib = 2047;   // libpcap counts bytes in an int

[[noreturn]] void fail(const std::string& interface, const std::string& why) {
  throw Error(fmt::format("{}: {}", interface, why));
}

[[noreturn]] void fail_activation(pcap_t* handle, int status, const std::string& interface) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      fail(interface,
           "no permission to capture; use sudo, or once: "
           "sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v deadair)\"");
    case PCAP_ERROR_NO_SUCH_DEVICE:
      fail(interface, "no such interface; 'deadair live -D' lists them");
    case PCAP_ERROR_IFACE_NOT_UP:
      fail(interface,
           fmt::format("the interface is down; 'ip link set {} up' starts it", interface));
    default:
      fail(interface, status == PCAP_ERROR ? pcap_geterr(handle) : pcap_statustostr(status));
  }
}

}  // namespace

LiveRing::LiveRing(const LiveOptions& options)
    : handle_(nullptr, &pcap_close),
      snaplen_(std::clamp(options.snaplen, 1U, kMaxSnaplen)),
      arena_(kArenaBytes + snaplen_) {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  handle_.reset(pcap_create(options.interface.c_str(), message.data()));
  if (!handle_) fail(options.interface, message.data());
  configure(options);
  activate(options);
  set_filter(options.bpf);
}

void LiveRing::configure(const LiveOptions& options) {
  const std::uint32_t mib = std::clamp(options.buffer_mib, 1U, kMaxBufferMib);
  pcap_set_snaplen(handle_.get(), static_cast<int>(snaplen_));
  pcap_set_promisc(handle_.get(), options.promiscuous ? 1 : 0);
  pcap_set_timeout(handle_.get(), kBlockMilliseconds);
  pcap_set_buffer_size(handle_.get(), static_cast<int>(mib << 20));
  if (pcap_set_tstamp_precision(handle_.get(), PCAP_TSTAMP_PRECISION_NANO) != 0)
    fraction_ns_ = 1000;
}

void LiveRing::activate(const LiveOptions& options) {
  const int status = pcap_activate(handle_.get());
  if (status < 0) fail_activation(handle_.get(), status, options.interface);
  // With a TPACKET_V3 ring a blocking read of an idle interface never returns, whatever its
  // time-out; so reads do not block and wait() does.
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  if (pcap_setnonblock(handle_.get(), 1, message.data()) != 0)
    fail(options.interface, message.data());
  // On "any" the second cooked format also tells the interface of each packet.
  if (pcap_datalink(handle_.get()) == DLT_LINUX_SLL)
    pcap_set_datalink(handle_.get(), DLT_LINUX_SLL2);
  link_ = from_dlt(pcap_datalink(handle_.get()));
  descriptor_ = pcap_get_selectable_fd(handle_.get());
}

void LiveRing::set_filter(const std::string& expression) {
  if (expression.empty()) return;
  bpf_program program{};
  bool accepted =
      pcap_compile(handle_.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
  accepted = accepted && pcap_setfilter(handle_.get(), &program) == 0;
  pcap_freecode(&program);
  if (!accepted)
    throw Error(fmt::format("filter '{}': {}", expression, pcap_geterr(handle_.get())));
}

std::size_t LiveRing::take(std::span<wire::RawPacket> out) {
  out_ = out;
  count_ = 0;
  arena_used_ = 0;
  const auto self = static_cast<u_char*>(static_cast<void*>(this));
  const int result = pcap_dispatch(handle_.get(), static_cast<int>(out.size()), &on_packet, self);
  if (result == PCAP_ERROR) failure_ = pcap_geterr(handle_.get());
  return count_;
}

void LiveRing::on_packet(u_char* self, const pcap_pkthdr* header, const u_char* data) {
  static_cast<LiveRing*>(static_cast<void*>(self))->copy(*header, data);
}

void LiveRing::copy(const pcap_pkthdr& header, const u_char* data) {
  const ByteView captured(data, std::min(header.caplen, snaplen_));
  const auto place = std::span(arena_).subspan(arena_used_, captured.size());
  std::copy(captured.begin(), captured.end(), place.begin());
  arena_used_ += captured.size();
  wire::RawPacket& packet = out_[count_++];
  packet.bytes = ByteView(place);
  packet.wire_len = std::max(header.len, header.caplen);
  packet.ts_ns = std::int64_t{header.ts.tv_sec} * 1'000'000'000 + header.ts.tv_usec * fraction_ns_;
  packet.frame = {0, ++frames_};
  packet.link = link_;
  if (arena_.size() - arena_used_ < snaplen_) pcap_breakloop(handle_.get());
}

void LiveRing::wait(int milliseconds) const {
  pollfd request{descriptor_, POLLIN, 0};  // a negative descriptor just lets the time pass
  poll(&request, 1, milliseconds);
}

// Behind libpcap's back: pcap_setfilter() would apply the new filter to the packets already in the
// ring as well, and lose them.
void LiveRing::stop_filling() {
  sock_filter reject{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &reject};
  setsockopt(pcap_fileno(handle_.get()), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

LiveRing::Drops LiveRing::drops() {
  pcap_stat stats{};
  if (pcap_stats(handle_.get(), &stats) != 0) return drops_;
  drops_.kernel += stats.ps_drop - static_cast<std::uint32_t>(drops_.kernel);
  drops_.interface += stats.ps_ifdrop - static_cast<std::uint32_t>(drops_.interface);
  return drops_;
}

}  // namespace deadair::capture
