// The table itself; cli/help.cpp describes the same options to the user.
#include "cli/option_table.hpp"

#include <array>
#include <limits>

#include <fmt/format.h>

#include "cli/values.hpp"

namespace deadair::cli {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMaxSnapLength = 262'144;  // as tcpdump
constexpr std::uint64_t kMaxBufferMib = 2047;      // libpcap takes bytes in an int
constexpr std::uint64_t kMaxFlows = 1'000'000'000;

using Name = std::string_view;
using Value = const std::string&;

constexpr std::array kTable = {
    OptionEntry{"help,h", false, Scope::both,
                [](Options& o, Name, Value) { o.command = Command::help; }},
    OptionEntry{"version", false, Scope::both,
                [](Options& o, Name, Value) { o.command = Command::version; }},
    OptionEntry{"list-interfaces,D", false, Scope::both,
                [](Options& o, Name, Value) { o.command = Command::list_interfaces; }},
    OptionEntry{"read,r", true, Scope::read,
                [](Options& o, Name, Value v) { o.files.push_back(v); }},
    OptionEntry{"filter,f", true, Scope::both, [](Options& o, Name, Value v) { o.filter = v; }},
    OptionEntry{"count,c", true, Scope::both,
                [](Options& o, Name n, Value v) { o.max_packets = whole_number(n, v, 1, kMost); }},
    OptionEntry{"output,o", true, Scope::both,
                [](Options& o, Name n, Value v) { o.outputs.push_back(output(n, v)); }},
    OptionEntry{"json", false, Scope::both,
                [](Options& o, Name, Value) { o.outputs.push_back({"json", {}}); }},
    OptionEntry{"quiet,q", false, Scope::both, [](Options& o, Name, Value) { o.quiet = true; }},
    OptionEntry{"verbose,v", false, Scope::both, [](Options& o, Name, Value) { ++o.verbosity; }},
    OptionEntry{"no-names,n", false, Scope::both, [](Options&, Name, Value) {}},
    OptionEntry{"color", true, Scope::both,
                [](Options& o, Name n, Value v) { o.colour = colour(n, v); }},
    OptionEntry{"no-progress", false, Scope::both,
                [](Options& o, Name, Value) { o.progress = false; }},
    OptionEntry{
        "max-flows", true, Scope::both,
        [](Options& o, Name n, Value v) { o.run.max_flows = whole_number(n, v, 1, kMaxFlows); }},
    OptionEntry{"timeout-syn", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.timeouts.syn_s = seconds(n, v); }},
    OptionEntry{"timeout-tcp", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.timeouts.tcp_s = seconds(n, v); }},
    OptionEntry{"timeout-closed", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.timeouts.closed_s = seconds(n, v); }},
    OptionEntry{"timeout-udp", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.timeouts.udp_s = seconds(n, v); }},
    OptionEntry{"timeout-media", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.timeouts.media_s = seconds(n, v); }},
    OptionEntry{"public-net", true, Scope::both,
                [](Options& o, Name n, Value v) { o.run.public_nets.push_back(prefix(n, v)); }},
    OptionEntry{"watch", true, Scope::both,
                [](Options& o, Name n, Value v) {
                  watch(n, v, o.run.watch_list);
                  o.watch_files.push_back(v);
                }},
    OptionEntry{"no-witness", false, Scope::both,
                [](Options& o, Name, Value) { o.run.witness = false; }},
    OptionEntry{"exit-code", false, Scope::both,
                [](Options& o, Name, Value) { o.exit_code = true; }},
    OptionEntry{"interface,i", true, Scope::live,
                [](Options& o, Name, Value v) { o.interface = v; }},
    OptionEntry{"snaplen,s", true, Scope::live,
                [](Options& o, Name n, Value v) {
                  const auto bytes = whole_number(n, v, 0, kMaxSnapLength);
                  // tcpdump: 0 asks for whole packets.
                  o.snap_length = static_cast<std::uint32_t>(bytes == 0 ? kMaxSnapLength : bytes);
                }},
    OptionEntry{"buffer,B", true, Scope::live,
                [](Options& o, Name n, Value v) {
                  o.buffer_mib = static_cast<std::uint32_t>(whole_number(n, v, 1, kMaxBufferMib));
                }},
    OptionEntry{"duration", true, Scope::live,
                [](Options& o, Name n, Value v) { o.duration_s = seconds(n, v); }},
    OptionEntry{"no-promiscuous,p", false, Scope::live,
                [](Options& o, Name, Value) { o.promiscuous = false; }},
};

}  // namespace

std::string OptionEntry::shown() const {
  const std::string_view all = names;
  const std::size_t comma = all.find(',');
  return comma == std::string_view::npos ? fmt::format("--{}", all)
                                         : fmt::format("-{}", all.substr(comma + 1));
}

std::span<const OptionEntry> option_table() { return kTable; }

}  // namespace deadair::cli
