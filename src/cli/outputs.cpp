// Makes the sinks, refusing any combination that would lose data.
#include "cli/outputs.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "capture/new_file.hpp"
#include "report/json_sink.hpp"
#include "report/text_sink.hpp"

namespace deadair::cli {
namespace {

namespace fs = std::filesystem;

bool is_input(const Options& options, const std::string& path) {
  return std::any_of(options.files.begin(), options.files.end(), [&](const std::string& file) {
    std::error_code ignored;
    return fs::equivalent(file, path, ignored);
  });
}

// A file that is there already lies below a directory that is read.
bool is_in_input(const Options& options, const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return false;
  return std::any_of(options.files.begin(), options.files.end(), [&](const std::string& file) {
    std::error_code ignored;
    const fs::path directory = fs::canonical(file, ignored);
    if (!fs::is_directory(directory, ignored)) return false;
    const auto parts = std::mismatch(directory.begin(), directory.end(), real.begin(), real.end());
    return parts.first == directory.end();
  });
}

[[noreturn]] void refuse_input(const OutputRequest& request) {
  throw Error(fmt::format("-o {}:{} would replace an input; name another file", request.format,
                          request.path));
}

// https://no-color.org, and terminals that have no attributes.
bool colour_unwanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  return (no_color != nullptr && *no_color != '\0') ||
         (term != nullptr && std::string_view(term) == "dumb");
}

bool use_colour(Colour colour, const report::Output& output) {
  if (colour != Colour::automatic) return colour == Colour::always;
  return output.is_terminal() && !colour_unwanted();
}

}  // namespace

Outputs::Outputs(const Options& options, const report::InputNames& names) {
  if (options.outputs.size() == 1) {
    sink_ = make_sink(options, options.outputs.front(), names);
    return;
  }
  auto fan = std::make_unique<report::FanOut>();
  for (const OutputRequest& request : options.outputs) {
    fan->add(make_sink(options, request, names));
  }
  sink_ = std::move(fan);
}

std::unique_ptr<report::Sink> Outputs::make_sink(const Options& options,
                                                 const OutputRequest& request,
                                                 const report::InputNames& names) {
  if (request.format == kEvidence) return make_notes(options, request);
  report::Output& output = open(options, request);
  if (request.format == "json") {
    streams_to_terminal_ = streams_to_terminal_ || output.is_terminal();
    return std::make_unique<report::JsonSink>(names, output);
  }
  shows_page_ = shows_page_ || request.path.empty();
  report::TextOptions text;
  text.verbosity = options.verbosity;
  text.colour = use_colour(options.colour, output);
  text.table_only = options.quiet;
  return std::make_unique<report::TextSink>(names, output, text);
}

std::unique_ptr<report::Sink> Outputs::make_notes(const Options& options,
                                                  const OutputRequest& request) {
  if (is_input(options, request.path) || is_in_input(options, request.path)) refuse_input(request);
  capture::check_writable(request.path);
  for (const OutputRequest& other : options.outputs) {
    std::error_code ignored;
    const bool same =
        other.path == request.path || fs::equivalent(other.path, request.path, ignored);
    if (other.format != kEvidence && same)
      throw Error(fmt::format("-o: two outputs go to {}", request.path));
  }
  auto notes = std::make_unique<pipeline::EvidenceNotes>();
  evidence_ = notes.get();
  return notes;
}

report::Output& Outputs::open(const Options& options, const OutputRequest& request) {
  if (!request.path.empty() && is_input(options, request.path)) refuse_input(request);
  auto output = std::make_unique<report::Output>(request.path);
  for (const auto& other : outputs_) {
    if (output->same_file(*other)) {
      throw Error(fmt::format("-o: two outputs go to {}", request.path));
    }
  }
  outputs_.push_back(std::move(output));
  return *outputs_.back();
}

bool Outputs::all_readers_gone() const {
  return std::all_of(outputs_.begin(), outputs_.end(),
                     [](const auto& output) { return output->reader_gone(); });
}

}  // namespace deadair::cli
