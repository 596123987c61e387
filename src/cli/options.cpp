// Splits the command line into command, options, files and filter, and checks that they go
// together.
#include "cli/options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "bytes/error.hpp"
#include "cli/option_table.hpp"
#include "cli/suggest.hpp"

namespace deadair::cli {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

constexpr std::array kFormats = {
    OutputFormat{"text", "one page for people (the default)"},
    OutputFormat{"json", "one JSON object a line, complete (docs/schema.json)"},
    OutputFormat{kEvidence, "pcapng: the packets that prove it, with comments"},
};

po::options_description describe() {
  po::options_description description;
  for (const OptionEntry& entry : option_table()) {
    if (entry.takes_value) {
      description.add_options()(entry.names, po::value<std::string>(), "");
    } else {
      description.add_options()(entry.names, "");
    }
  }
  return description;
}

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += fmt::format("{}{}", text.empty() ? "" : " ", word);
  return text;
}

[[noreturn]] void fail_unknown(const std::string& option) {
  const std::string like = suggest_option(option);
  throw Error(like.empty() ? fmt::format("unknown option {}; deadair -h lists all", option)
                           : fmt::format("unknown option {}; did you mean {}?", option, like));
}

// Boost's own messages quote internal names; these say the same in the user's terms.
po::parsed_options parse_words(const Words& words, const po::options_description& description) {
  using Style = po::command_line_style::style_t;
  constexpr int kStyle = Style::unix_style & ~Style::allow_guessing;
  try {
    const po::positional_options_description none;
    po::command_line_parser parser(words);
    parser.options(description).style(kStyle);
    // Words that are no options keep an empty key.
    return parser.allow_unregistered().run();
  } catch (const po::invalid_command_line_syntax& error) {
    const bool missing = error.kind() == po::invalid_syntax::missing_parameter ||
                         error.kind() == po::invalid_syntax::empty_adjacent_parameter;
    throw Error(fmt::format("{} {}", error.get_option_name(),
                            missing ? "needs a value" : "takes no value"));
  } catch (const po::error& error) {
    throw Error(error.what());
  }
}

struct CommandLine {
  bool named = false;  // a command word was given
  Command command = Command::help;
  Words words;   // options and words before "--"
  Words filter;  // words after it
};

CommandLine split(std::span<const std::string> arguments) {
  CommandLine line;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  line.words.assign(arguments.begin(), dashes);
  if (dashes != arguments.end()) line.filter.assign(dashes + 1, arguments.end());
  if (line.words.empty() || line.words.front().starts_with('-')) return line;
  const std::string word = line.words.front();
  if (word == "read") {
    line.command = Command::read;
  } else if (word == "live") {
    line.command = Command::live;
  } else if (word != "help") {
    throw Error(fmt::format("unknown command \"{}\"; to read a file: deadair read {}", word, word));
  }
  line.named = true;
  line.words.erase(line.words.begin());
  return line;
}

struct Applied {
  Options options;
  Words words;                           // neither option nor value
  std::vector<const OptionEntry*> used;  // in order
};

const OptionEntry& entry_of(const std::string& key) {
  const auto table = option_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const OptionEntry& entry) {
    return entry.long_name() == key;
  });
  if (found == table.end()) fail_unknown(key);
  return *found;
}

Applied apply(const po::parsed_options& parsed) {
  Applied result;
  for (const auto& option : parsed.options) {
    if (option.unregistered) fail_unknown(option.original_tokens.front());
    if (option.position_key >= 0) {
      result.words.insert(result.words.end(), option.value.begin(), option.value.end());
      continue;
    }
    const OptionEntry& entry = entry_of(option.string_key);
    entry.apply(result.options, entry.shown(), option.value.empty() ? "" : option.value.front());
    result.used.push_back(&entry);
  }
  return result;
}

bool uses(const Applied& applied, std::string_view name) {
  return std::any_of(applied.used.begin(), applied.used.end(),
                     [&](const OptionEntry* entry) { return entry->long_name() == name; });
}

// The options that are commands of their own, then the command word, then tcpdump's habits.
Command decide_command(const CommandLine& line, const Applied& applied) {
  if (uses(applied, "help")) return Command::help;
  if (uses(applied, "version")) return Command::version;
  if (uses(applied, "list-interfaces")) return Command::list_interfaces;
  if (line.named) return line.command;
  if (uses(applied, "read")) return Command::read;
  if (uses(applied, "interface")) return Command::live;
  throw Error(
      "nothing to do; deadair read FILE..., or deadair live -i INTERFACE (deadair -h for help)");
}

void check_scopes(Command command, std::span<const OptionEntry* const> used) {
  const Scope foreign = command == Command::read ? Scope::live : Scope::read;
  for (const OptionEntry* entry : used) {
    if (entry->scope == foreign) {
      throw Error(fmt::format("{} does not go with deadair {}", entry->shown(),
                              command == Command::read ? "read" : "live"));
    }
  }
}

void set_filter(Options& options, const Words& words) {
  if (words.empty()) return;
  if (!options.filter.empty()) {
    throw Error(fmt::format("two filters: -f \"{}\" and \"{}\"", options.filter, join(words)));
  }
  options.filter = join(words);
}

void check_outputs(const Options& options) {
  const auto to_stdout = [](const OutputRequest& request) { return request.path.empty(); };
  if (std::count_if(options.outputs.begin(), options.outputs.end(), to_stdout) > 1) {
    throw Error("-o: only one output can go to standard output; name a file: -o json:FILE");
  }
}

// The excerpt is cut from the inputs once all is known: they must be there a second time.
void check_evidence(const Options& options) {
  const auto is_evidence = [](const OutputRequest& request) { return request.format == kEvidence; };
  const auto count = std::count_if(options.outputs.begin(), options.outputs.end(), is_evidence);
  if (count == 0) return;
  if (count > 1) throw Error("-o evidence: can be written only once");
  if (std::find_if(options.outputs.begin(), options.outputs.end(), is_evidence)->path.empty())
    throw Error("-o evidence: needs a file: -o evidence:FILE.pcapng");
  if (options.command == Command::live)
    throw Error(
        "-o evidence: does not go with deadair live; capture to a file (tcpdump -w) and read that");
  for (const std::string& file : options.files) {
    std::error_code ignored;
    const auto kind = std::filesystem::status(file, ignored).type();
    const bool passes = kind == std::filesystem::file_type::fifo ||
                        kind == std::filesystem::file_type::character ||
                        kind == std::filesystem::file_type::socket;
    if (file == "-" || passes)
      throw Error(fmt::format("-o evidence: {} cannot be read twice; save it to a file first",
                              file == "-" ? "standard input" : file));
  }
}

// The excerpt belongs to a report: it does not take the page's place.
void add_page(Options& options) {
  const bool reports =
      std::any_of(options.outputs.begin(), options.outputs.end(),
                  [](const OutputRequest& request) { return request.format != kEvidence; });
  if (!reports) options.outputs.push_back({"text", {}});
}

void finish_read(Applied& applied, const Words& filter) {
  Options& options = applied.options;
  options.files.insert(options.files.end(), applied.words.begin(), applied.words.end());
  set_filter(options, filter);
  if (options.files.empty()) {
    throw Error("read: no input; name files or directories, or - for standard input");
  }
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    throw Error("read: standard input (-) can be read only once");
  }
}

void finish_live(Applied& applied, const Words& filter) {
  applied.words.insert(applied.words.end(), filter.begin(), filter.end());
  set_filter(applied.options, applied.words);
  if (applied.options.interface.empty()) {
    throw Error("live: no interface; name one with -i (deadair -D lists them, -i any takes all)");
  }
}

}  // namespace

std::span<const OutputFormat> output_formats() { return kFormats; }

Options parse_options(std::span<const std::string> arguments) {
  const CommandLine line = split(arguments);
  const po::options_description description = describe();
  Applied applied = apply(parse_words(line.words, description));
  Options& options = applied.options;
  options.command = decide_command(line, applied);
  add_page(options);
  if (options.command != Command::read && options.command != Command::live) return options;
  check_scopes(options.command, applied.used);
  if (options.command == Command::read) {
    finish_read(applied, line.filter);
  } else {
    finish_live(applied, line.filter);
  }
  check_evidence(options);
  check_outputs(options);
  return options;
}

}  // namespace deadair::cli
