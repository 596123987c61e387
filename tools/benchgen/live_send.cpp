// Sends the frames of a capture to an interface at a given rate, and says how many the kernel took.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
using Frame = std::span<std::uint8_t>;

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kPacketHeader = 16;
constexpr std::size_t kBatch = 64;
constexpr const char* kUsage = "usage: live_send INTERFACE FILE PACKETS_PER_SECOND PACKETS\n";

// Up to `most` frames of a little-endian Ethernet pcap file, as PcapWriter writes them.
class Frames {
 public:
  Frames(const std::string& path, std::uint64_t most) {
    std::ifstream file(path, std::ios::binary);
    std::array<std::uint8_t, kPacketHeader> header{};
    if (!file.ignore(kFileHeader)) throw std::runtime_error(path + ": cannot be read");
    while (sizes_.size() < most && read(file, header)) {
      const std::size_t size = header[8] | header[9] << 8 | header[10] << 16;
      bytes_.resize(bytes_.size() + size);
      if (!read(file, std::span(bytes_).last(size))) break;
      sizes_.push_back(static_cast<std::uint32_t>(size));
    }
    if (sizes_.empty()) throw std::runtime_error(path + ": no packets");
    at_ = bytes_.begin();
  }

  // The next one; from the beginning again after the last, then with other clients.
  Frame next() {
    if (index_ == sizes_.size()) {
      index_ = 0;
      at_ = bytes_.begin();
      again_ = true;
    }
    const Frame frame(at_, sizes_[index_]);
    at_ += sizes_[index_++];
    if (again_) move_client(frame);
    return frame;
  }

 private:
  static bool read(std::ifstream& file, std::span<std::uint8_t> to) {
    const auto size = static_cast<std::streamsize>(to.size());
    return static_cast<bool>(file.read(static_cast<char*>(static_cast<void*>(to.data())), size));
  }

  // Adds 1 to the second byte of every IPv4 address in 10/8: the flows of each round are new ones.
  // Checksums are not put right; nobody on a passive path looks at them.
  static void move_client(Frame frame) {
    constexpr std::size_t kSource = 26;
    constexpr std::size_t kTarget = 30;
    if (frame.size() < kTarget + 4 || frame[12] != 0x08 || frame[13] != 0x00) return;
    for (const std::size_t address : {kSource, kTarget}) {
      if (frame[address] == 10) ++frame[address + 1];
    }
  }

  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint32_t> sizes_;
  std::vector<std::uint8_t>::iterator at_;
  std::size_t index_ = 0;
  bool again_ = false;
};

class Sender {
 public:
  explicit Sender(const char* interface) : socket_(socket(AF_PACKET, SOCK_RAW, 0)) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
    const auto* const name = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    const int on = 1;
    if (socket_ < 0 || address.sll_ifindex == 0 || bind(socket_, name, sizeof address) != 0 ||
        setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0)
      throw std::runtime_error(std::string(interface) + ": " + std::strerror(errno));
    for (std::size_t i = 0; i < kBatch; i++) {
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  ~Sender() { close(socket_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Offers the next `count` frames (at most kBatch); a frame that the kernel refuses is passed
  // over.
  void send(Frames& frames, std::size_t count) {
    for (std::size_t i = 0; i < count; i++) {
      const Frame frame = frames.next();
      parts_[i] = {frame.data(), frame.size()};
    }
    const std::span all(messages_.data(), count);
    for (std::size_t done = 0; done < count;) {
      const std::span rest = all.subspan(done);
      const int taken = sendmmsg(socket_, rest.data(), static_cast<unsigned>(rest.size()), 0);
      if (taken < 0 && errno == EINTR) continue;
      if (taken > 0) sent_ += static_cast<unsigned>(taken);
      done += static_cast<std::size_t>(std::max(taken, 1));
    }
  }

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  int socket_;
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
  std::uint64_t sent_ = 0;
};

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end || value == 0)
    throw std::runtime_error("not a number above 0: " + std::string(text));
  return value;
}

// Returns the seconds it took. A sender that cannot keep the rate gives up after twice the time.
double send_all(Sender& sender, Frames& frames, std::uint64_t rate, std::uint64_t packets,
                std::uint64_t& offered) {
  const Clock::time_point start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const double most = 1 + 2 * static_cast<double>(packets) / static_cast<double>(rate);
  while (offered < packets && seconds() < most) {
    const auto due = static_cast<std::uint64_t>(seconds() * static_cast<double>(rate));
    const std::uint64_t batch = std::min<std::uint64_t>(kBatch, packets - offered);
    if (due < offered + batch) continue;
    sender.send(frames, batch);
    offered += batch;
  }
  return seconds();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  try {
    const std::uint64_t packets = number(arguments[4]);
    Frames frames(arguments[2], packets);
    Sender sender(arguments[1]);
    std::uint64_t offered = 0;
    const double seconds = send_all(sender, frames, number(arguments[3]), packets, offered);
    std::printf("offered=%llu sent=%llu seconds=%.3f\n", static_cast<unsigned long long>(offered),
                static_cast<unsigned long long>(sender.sent()), seconds);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "live_send: %s\n", error.what());
    return 2;
  }
  return 0;
}
