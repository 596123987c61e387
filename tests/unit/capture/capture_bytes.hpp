// Writes capture files byte by byte for the tests, from the formats' specifications; it shares
// nothing with the readers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "capture/file_format.hpp"
#include "capture/packet_source.hpp"

namespace deadair::capture::test {

// A byte string in one of the two byte orders.
struct Writer {
  bool big = false;
  std::string bytes;

  Writer& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big ? size - 1 - i : i);
      bytes.push_back(static_cast<char>(value >> shift & 0xff));
    }
    return *this;
  }
  Writer& u16(std::uint64_t value) { return number(value, 2); }
  Writer& u32(std::uint64_t value) { return number(value, 4); }
  Writer& u64(std::uint64_t value) { return number(value, 8); }
  Writer& text(std::string_view part) {
    bytes += part;
    return *this;
  }
};

struct PcapFormat {
  bool big = false;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint32_t link = 1;
  std::uint32_t snaplen = 65535;
  std::uint32_t minor = 4;
};

inline std::string pcap_header(const PcapFormat& format = {}) {
  Writer out{format.big, {}};
  out.u32(format.magic).u16(2).u16(format.minor).u32(0).u32(0).u32(format.snaplen);
  return out.u32(format.link).bytes;
}

inline std::string pcap_record(std::uint32_t seconds, std::uint32_t fraction, std::string_view data,
                               std::uint32_t wire_len = 0, const PcapFormat& format = {}) {
  Writer out{format.big, {}};
  out.u32(seconds).u32(fraction).u32(data.size());
  out.u32(wire_len == 0 ? data.size() : wire_len);
  if (format.magic == 0xa1b2cd34) out.u32(7).u16(8).number(0, 2);
  return out.text(data).bytes;
}

// A pcap file whose packets have the given times in seconds and one byte each: `mark`.
inline std::string pcap_at(const std::vector<std::uint32_t>& seconds, char mark = 'x') {
  std::string file = pcap_header();
  for (const std::uint32_t second : seconds)
    file += pcap_record(second, 0, std::string_view(&mark, 1));
  return file;
}

// Blocks of a pcapng file in one byte order.
struct PcapngWriter {
  bool big = false;

  [[nodiscard]] Writer start() const { return {big, {}}; }
  [[nodiscard]] std::string block(std::uint32_t type, std::string body) const {
    body.resize((body.size() + 3) / 4 * 4);
    return start().u32(type).u32(body.size() + 12).text(body).u32(body.size() + 12).bytes;
  }
  [[nodiscard]] std::string section() const {
    return block(0x0a0d0d0a, start().u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0}).bytes);
  }
  [[nodiscard]] std::string option(std::uint16_t code, std::string value) const {
    Writer out = start();
    out.u16(code).u16(value.size());
    value.resize((value.size() + 3) / 4 * 4);
    return out.text(value).bytes;
  }
  [[nodiscard]] std::string interface(std::uint16_t link, std::uint32_t snaplen = 0,
                                      const std::string& options = {}) const {
    std::string tail = options.empty() ? options : options + option(0, "");
    return block(1, start().u16(link).u16(0).u32(snaplen).text(tail).bytes);
  }
  [[nodiscard]] std::string enhanced(std::uint32_t interface, std::uint64_t ticks,
                                     std::string_view data, std::uint32_t wire_len = 0) const {
    return block(6, packet(start().u32(interface), ticks, data, wire_len));
  }
  [[nodiscard]] std::string obsolete(std::uint16_t interface, std::uint64_t ticks,
                                     std::string_view data) const {
    return block(2, packet(start().u16(interface).u16(0xffff), ticks, data, 0));
  }
  [[nodiscard]] std::string simple(std::uint32_t wire_len, std::string_view data) const {
    return block(3, start().u32(wire_len).text(data).bytes);
  }
  [[nodiscard]] std::string statistics(std::uint32_t interface, const std::string& options) const {
    return block(5, start().u32(interface).u64(0).text(options).text(option(0, "")).bytes);
  }

 private:
  static std::string packet(Writer head, std::uint64_t ticks, std::string_view data,
                            std::uint32_t wire_len) {
    head.u32(ticks >> 32).u32(ticks & 0xffffffff).u32(data.size());
    head.u32(wire_len == 0 ? data.size() : wire_len);
    std::string body = head.text(data).bytes;
    body.resize((body.size() + 3) / 4 * 4);
    return body;
  }
};

// A capture file in memory with its reader, which refers to the bytes.
class MemoryFile {
 public:
  explicit MemoryFile(std::string bytes, std::size_t window = std::size_t{1} << 16)
      : bytes_(std::make_unique<std::string>(std::move(bytes))),
        opened_(open_capture(memory_input(ByteView::of(*bytes_)), window)) {}

  [[nodiscard]] bool recognised() const { return opened_.reader != nullptr; }
  [[nodiscard]] const std::string& refusal() const { return opened_.refusal; }
  FileReader* operator->() { return opened_.reader.get(); }
  FileReader& operator*() { return *opened_.reader; }

 private:
  std::unique_ptr<std::string> bytes_;
  OpenedFile opened_;
};

// A packet with its bytes copied, as views end with the next batch.
struct Copied {
  std::string bytes;
  std::uint32_t wire_len;
  std::int64_t ts_ns;
  std::uint32_t input;
  std::uint64_t number;
  wire::LinkType link;
};

// Everything a source (or a file reader) delivers, in batches of `batch`.
template <typename Source>
std::vector<Copied> drain(Source& source, std::size_t batch = 3) {
  std::vector<Copied> all;
  std::vector<wire::RawPacket> out(batch);
  while (const std::size_t count = source.next(out)) {
    for (const wire::RawPacket& packet : std::span(out).first(count))
      all.push_back({std::string(packet.bytes.text()), packet.wire_len, packet.ts_ns,
                     packet.frame.input(), packet.frame.number(), packet.link});
  }
  return all;
}

}  // namespace deadair::capture::test
