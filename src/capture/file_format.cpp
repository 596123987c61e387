// Magic numbers of capture files, of those deadair reads and of those it can only name.
#include "capture/file_format.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "capture/pcap_reader.hpp"
#include "capture/pcapng_reader.hpp"

namespace deadair::capture {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLongestMagic = 16;

struct Foreign {
  std::string_view magic;
  std::string_view name;
};

// Formats of other programs that Wireshark's editcap converts (wiretap/*.c of Wireshark 4.0).
constexpr std::array kForeignCaptures = {
    Foreign{"snoop\0\0\0"sv, "Solaris snoop"},
    Foreign{"GMBU"sv, "Microsoft Network Monitor 2"},
    Foreign{"RTSS"sv, "Microsoft Network Monitor 1"},
    Foreign{"TRSNIFF data    \x1a"sv, "DOS Sniffer"},
    Foreign{"XCP\0"sv, "NetXRay or Windows Sniffer"},
    Foreign{"iptrace "sv, "AIX iptrace"},
    Foreign{"btsnoop\0"sv, "Bluetooth snoop"},
    Foreign{"ObserverPktBuffe"sv, "Network Instruments Observer"},
    Foreign{"\x05VNF"sv, "Visual Networks"},
    Foreign{"EyeSDN"sv, "EyeSDN"},
    Foreign{"\x7fver"sv, "Savvius (WildPackets) Peek"},
    Foreign{"5View"sv, "Accellent 5View"},
};

constexpr std::array kArchives = {
    Foreign{"PK\x03\x04"sv, "ZIP archive"},
    Foreign{"BZh"sv, "bzip2 file"},
    Foreign{"7z\xbc\xaf\x27\x1c"sv, "7-Zip archive"},
    Foreign{"Rar!"sv, "RAR archive"},
};

std::string refusal_of(ByteView head, const ByteSource& source) {
  for (const Foreign& format : kForeignCaptures)
    if (head.starts_with(format.magic))
      return fmt::format(
          "a {} capture, which deadair does not read; convert it: editcap -F pcapng IN OUT",
          format.name);
  for (const Foreign& format : kArchives)
    if (head.starts_with(format.magic)) return fmt::format("a {}; unpack it first", format.name);
  if (!source.problem().empty()) return source.problem();
  if (source.bytes_read() == 0) return "empty, not even a file header";
  return "not a pcap or pcapng capture; if Wireshark opens it, convert it: editcap -F pcapng IN "
         "OUT";
}

}  // namespace

OpenedFile open_capture(std::unique_ptr<ByteInput> input, std::size_t capacity) {
  ByteWindow window(ByteSource(std::move(input)), capacity);
  window.fill(kLongestMagic);
  const ByteView head = window.data();
  if (PcapReader::recognises(head)) return {std::make_unique<PcapReader>(std::move(window)), {}};
  if (PcapngReader::recognises(head))
    return {std::make_unique<PcapngReader>(std::move(window)), {}};
  return {nullptr, refusal_of(head, window.source())};
}

}  // namespace deadair::capture
