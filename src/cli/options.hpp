// What the user asked for on the command line, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run.hpp"

namespace deadair::cli {

enum class Command : std::uint8_t { help, version, list_interfaces, read, live };
enum class Colour : std::uint8_t { automatic, always, never };

// The format that is no rendering of the records but an excerpt of the capture.
inline constexpr std::string_view kEvidence = "evidence";

struct OutputRequest {
  std::string format;  // one of output_formats()
  std::string path;    // empty for standard output
};

struct Options {
  Command command = Command::help;
  std::vector<std::string> files;  // files, directories, "-"
  std::string filter;              // pcap-filter(7); empty passes everything
  std::optional<std::uint64_t> max_packets;
  std::vector<OutputRequest> outputs;  // never empty after parse_options()
  unsigned verbosity = 0;
  bool quiet = false;
  bool progress = true;
  Colour colour = Colour::automatic;
  bool exit_code = false;  // status 1 when interference is likely or above
  pipeline::RunOptions run;
  std::vector<std::string> watch_files;  // what run.watch_list was read from

  std::string interface;
  std::optional<std::uint32_t> snap_length;  // bytes of each packet
  std::optional<std::uint32_t> buffer_mib;   // kernel buffer
  std::optional<double> duration_s;
  bool promiscuous = true;
};

// Formats of -o, with one line of description each, in the order in which help lists them.
struct OutputFormat {
  std::string_view name;
  std::string_view meaning;
};
std::span<const OutputFormat> output_formats();

// Reads the arguments after the program's name. Throws Error for anything that makes no sense.
Options parse_options(std::span<const std::string> arguments);

}  // namespace deadair::cli
