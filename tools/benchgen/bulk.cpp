// Writes eight HTTP downloads of full segments that share one link.
#include <array>
#include <string_view>
#include <vector>

#include "bytes_out.hpp"
#include "frame.hpp"
#include "recipes.hpp"

namespace deadair::bench {
namespace {

constexpr std::uint64_t kSeed = 0xb01c;
constexpr std::uint32_t kFlows = 8;
constexpr std::uint32_t kSegment = 1448;
constexpr std::int64_t kSegmentTimeUs = 12;  // 1 Gbit/s
constexpr std::uint64_t kBytesOfTwoSegments = 2 * (16 + 54 + kSegment) + 16 + 54;
constexpr std::uint32_t kContentSize = 1 << 20;

constexpr std::string_view kRequest =
    "GET /images/disc1.iso HTTP/1.1\r\nHost: mirror.example.org\r\nUser-Agent: Wget/1.21.3\r\n"
    "Accept: */*\r\n\r\n";
constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/octet-stream\r\n"
    "Content-Length: 4294967295\r\n\r\n";

struct Download {
  Endpoint client;
  Endpoint server;
  std::uint32_t client_next = 1000;
  std::uint32_t server_next = 5000;
};

class Bulk {
 public:
  explicit Bulk(PcapWriter& writer) : writer_(writer) {
    Random random(kSeed);
    content_.random(random, kContentSize + kSegment);
    for (std::uint32_t i = 0; i < kFlows; i++) {
      downloads_[i].client = {ipv4(10, 9, 0, 1 + i), static_cast<std::uint16_t>(40000 + i)};
      downloads_[i].server = {ipv4(93, 184, 9, 1 + i % 4), 80};
    }
  }

  void write(std::uint64_t megabytes) {
    for (Download& download : downloads_) open(download);
    const std::uint64_t pairs = megabytes * 1000000 / kBytesOfTwoSegments;
    for (std::uint64_t i = 0; i < pairs; i++) {
      Download& download = downloads_[splitmix64(i / 16) % kFlows];
      segment(download);
      segment(download);
      up(download, kAck);
    }
    for (Download& download : downloads_) finish(download);
  }

 private:
  void up(Download& download, std::uint8_t flags, std::span<const std::uint8_t> payload = {}) {
    const TcpFields fields{download.client_next, (flags & kAck) != 0 ? download.server_next : 0,
                           flags};
    writer_.write(time_us_ += kSegmentTimeUs,
                  frames_.tcp(download.client, download.server, fields, payload));
    download.client_next += static_cast<std::uint32_t>(payload.size());
    if ((flags & (kSyn | kFin)) != 0) download.client_next++;
  }

  void down(Download& download, std::uint8_t flags, std::span<const std::uint8_t> payload = {}) {
    const TcpFields fields{download.server_next, download.client_next, flags};
    writer_.write(time_us_ += kSegmentTimeUs,
                  frames_.tcp(download.server, download.client, fields, payload));
    download.server_next += static_cast<std::uint32_t>(payload.size());
    if ((flags & (kSyn | kFin)) != 0) download.server_next++;
  }

  void open(Download& download) {
    up(download, kSyn);
    down(download, kSyn | kAck);
    up(download, kAck);
    BytesOut text;
    text.text(kRequest);
    up(download, kAck | kPsh, text.view());
    text.clear();
    text.text(kResponse);
    down(download, kAck | kPsh, text.view());
    up(download, kAck);
  }

  void segment(Download& download) {
    down(download, kAck, content_.view().subspan(download.server_next % kContentSize, kSegment));
  }

  void finish(Download& download) {
    down(download, kFin | kAck);
    up(download, kFin | kAck);
    down(download, kAck);
  }

  PcapWriter& writer_;
  FrameBuilder frames_;
  BytesOut content_;
  std::array<Download, kFlows> downloads_;
  std::int64_t time_us_ = 0;
};

}  // namespace

std::uint64_t write_bulk(PcapWriter& writer, std::uint32_t megabytes) {
  Bulk(writer).write(megabytes);
  return kFlows;
}

}  // namespace deadair::bench
