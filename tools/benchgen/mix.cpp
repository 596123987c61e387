// Writes many copies of a folder of captures, each copy with other clients at another time.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

#include <pcap/pcap.h>

#include "random.hpp"
#include "readdress.hpp"
#include "recipes.hpp"

namespace deadair::bench {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStartWithinSeconds = 600;
constexpr std::int64_t kLongestUs = 120 * kSecond;

struct Packet {
  std::int64_t time_us;  // after the first packet of its file
  std::uint32_t file;
  std::uint32_t wire_length;
  std::size_t begin;  // in the bytes of all packets
  std::uint32_t length;
  AddressPlan plan;
};

struct Entry {
  std::int64_t time_us;
  std::uint32_t copy;
  std::uint32_t packet;
};

struct ClosePcap {
  void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

// What libpcap can read of the Ethernet captures, and nothing of the others.
class Collection {
 public:
  void add(const std::string& path) {
    char error[PCAP_ERRBUF_SIZE];
    const std::unique_ptr<pcap_t, ClosePcap> pcap(pcap_open_offline(path.c_str(), error));
    if (!pcap || pcap_datalink(pcap.get()) != DLT_EN10MB) return;
    const std::size_t first = packets_.size();
    Planner planner;
    pcap_pkthdr* header = nullptr;
    const std::uint8_t* data = nullptr;
    while (pcap_next_ex(pcap.get(), &header, &data) == 1) keep(*header, data, planner);
    if (packets_.size() == first) return;
    set_times(std::span(packets_).subspan(first));
    files_++;
  }

  [[nodiscard]] const std::vector<Packet>& packets() const { return packets_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes_of(const Packet& packet) const {
    return std::span(bytes_).subspan(packet.begin, packet.length);
  }

 private:
  void keep(const pcap_pkthdr& header, const std::uint8_t* data, Planner& planner) {
    const std::span bytes(data, std::min<std::size_t>(header.caplen, kSnapLength));
    if (bytes.empty()) return;
    packets_.push_back({header.ts.tv_sec * kSecond + header.ts.tv_usec, files_,
                        std::max(header.len, 1u), bytes_.size(),
                        static_cast<std::uint32_t>(bytes.size()), planner.plan(bytes)});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  static void set_times(std::span<Packet> packets) {
    const auto earlier = [](const Packet& a, const Packet& b) { return a.time_us < b.time_us; };
    const auto [low, high] = std::minmax_element(packets.begin(), packets.end(), earlier);
    const std::int64_t start_us = low->time_us;
    const std::int64_t span_us = high->time_us - start_us;
    for (Packet& packet : packets) {
      packet.time_us -= start_us;
      if (span_us > kLongestUs) {
        const double part = static_cast<double>(packet.time_us) / static_cast<double>(span_us);
        packet.time_us = static_cast<std::int64_t>(part * static_cast<double>(kLongestUs));
      }
    }
  }

  std::uint32_t files_ = 0;
  std::vector<Packet> packets_;
  std::vector<std::uint8_t> bytes_;
};

// Sorted by name, so that the order of a folder on disk does not matter.
std::vector<std::string> files_below(const std::vector<std::string>& folders) {
  std::vector<std::string> paths;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && name.find("fuzz") == std::string::npos) {
        paths.push_back(entry.path().string());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::uint64_t identity(std::uint32_t copy, std::uint32_t file) {
  return splitmix64(std::uint64_t{copy} << 32 | file);
}

std::vector<Entry> schedule(const std::vector<Packet>& packets, std::uint32_t copies) {
  std::vector<Entry> entries;
  entries.reserve(packets.size() * copies);
  for (std::uint32_t copy = 0; copy < copies; copy++) {
    for (std::uint32_t i = 0; i < packets.size(); i++) {
      const auto second = static_cast<std::int64_t>(
          identity(copy, packets[i].file) % static_cast<std::uint64_t>(kStartWithinSeconds));
      entries.push_back({second * kSecond + packets[i].time_us, copy, i});
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.time_us < b.time_us; });
  return entries;
}

}  // namespace

std::uint64_t write_mix(PcapWriter& writer, std::uint32_t packets,
                        const std::vector<std::string>& folders) {
  Collection collection;
  for (const std::string& path : files_below(folders)) collection.add(path);
  const auto once = static_cast<std::uint32_t>(collection.packets().size());
  if (once == 0) throw std::runtime_error("mix: no Ethernet capture in the folders named");
  std::vector<std::uint8_t> frame;
  for (const Entry& entry : schedule(collection.packets(), std::max(1u, packets / once))) {
    const Packet& packet = collection.packets()[entry.packet];
    const std::span<const std::uint8_t> bytes = collection.bytes_of(packet);
    frame.assign(bytes.begin(), bytes.end());
    readdress(frame, packet.plan, identity(entry.copy, packet.file));
    writer.write(entry.time_us, frame, packet.wire_length);
  }
  return 0;
}

}  // namespace deadair::bench
