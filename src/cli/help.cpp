// Help for people, 80 columns wide, every option of cli/option_table.cpp in it.
#include "cli/help.hpp"

#include <fmt/format.h>

#include "capture/open.hpp"
#include "classify/witness.hpp"
#include "cli/options.hpp"

namespace deadair::cli {
namespace {

constexpr std::string_view kUsage = R"(usage: deadair read FILE... [-- FILTER]      read captures
       deadair live -i INTERFACE [FILTER]   watch an interface
       deadair -D                           list interfaces
)";

constexpr std::string_view kIntro = R"(
Tells which applications talk in captured traffic, and for what: chat, calls,
file transfer, web, tunnels. Passive: sends nothing, looks nothing up.

FILE is a pcap or pcapng file, also compressed with gzip, zstd, xz or lz4; a
directory, read with all captures below it; or - for standard input. All files
of a run are one timeline. FILTER is a pcap-filter(7) expression.

Input
  -r, --read FILE           same as a FILE word
  -f, --filter FILTER       packets to take
  -c, --count N             stop after N packets
  -i, --interface NAME      interface to watch; any takes all
  -s, --snaplen BYTES       take so many bytes of each packet (0: all)
  -B, --buffer MIB          size of the kernel's capture buffer
  -p, --no-promiscuous      leave the interface out of promiscuous mode
      --duration SECONDS    stop watching after so long

Output
  -o, --output FORMAT[:FILE]
                            to FILE or standard output; repeatable; formats:
)";

constexpr std::string_view kMore = R"(      --json                same as -o json
  -v, --verbose             with text: details of each flow shown
  -q, --quiet               with text: the tables only; no progress, no summary
      --color WHEN          auto (terminal, NO_COLOR not set), always, never
      --no-progress         no progress line on a terminal
  -n, --no-names            accepted and not needed: names are never looked up

Analysis
      --public-net CIDR     treat this private or documentation range as public;
                            repeatable
      --watch FILE          names to watch besides those of known applications,
                            one a line, *.name for all below it; repeatable
      --no-witness          do not ask nDPI
      --max-flows N         flows kept at the same time (4000000)
      --timeout-syn S       a flow ends after S seconds of packet time: TCP
                            without answer (35)
      --timeout-tcp S       TCP idle (300)
      --timeout-closed S    TCP after FIN or RST (10)
      --timeout-udp S       UDP and everything else idle (60)
      --timeout-media S     call media idle (30)

Other
  -D, --list-interfaces     list what -i can watch
  -h, --help                this text
      --version             versions of deadair, libpcap and nDPI
      --exit-code           end with 1 when interference is likely or certain

Exit status: 0 done; 2 wrong usage, or no input could be read; 3 some input was
read only in part. Interrupt once for a summary, twice to stop at once.

Examples
  deadair read evening.pcap
  deadair read -o text -o json:flows.ndjson captures/ -- not port 22
  ssh router tcpdump -w - -i eth0 | deadair read -
  deadair live -i eth0 --json udp
  deadair read evening.pcap -o evidence:proof.pcapng
)";

}  // namespace

std::string help_text() {
  std::string text = fmt::format("{}{}", kUsage, kIntro);
  for (const OutputFormat& format : output_formats()) {
    text += fmt::format("        {:<20}{}\n", format.name, format.meaning);
  }
  text += kMore;
  return text;
}

std::string short_help_text() { return fmt::format("{}deadair -h explains more.\n", kUsage); }

std::string version_text() {
  return fmt::format("deadair {}\n{}\n{}\n", DEADAIR_VERSION, capture::libpcap_version(),
                     classify::witness_version());
}

}  // namespace deadair::cli
