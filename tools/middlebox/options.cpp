// The command line.
#include "options.hpp"

#include <sstream>

#include <boost/program_options.hpp>

#include "bytes/error.hpp"

namespace deadair::middlebox {
namespace {

namespace po = boost::program_options;

po::options_description described(Options& options) {
  po::options_description list("deadair-middlebox OPTION...");
  const auto word = [](std::string& to) { return po::value(&to)->value_name("FILE"); };
  const auto interface = [](std::string& to) { return po::value(&to)->value_name("IF"); };
  list.add_options()("help,h", po::bool_switch(&options.help), "show this and exit")(
      "left", interface(options.left), "interface towards the client")(
      "right", interface(options.right), "interface towards the servers")(
      "config", word(options.config), "rules, as in tools/middlebox/README.md")(
      "truth", word(options.truth), "where to write what was done (NDJSON)")(
      "seed", po::value(&options.seed)->value_name("N"), "seed of everything random (0)")(
      "record", word(options.record), "capture of the box's client side")(
      "record-server", word(options.record_server), "capture of the box's server side");
  return list;
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  try {
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, described(options)), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw Error(std::string(error.what()) + ": see --help");
  }
  if (options.help) return options;
  if (options.left.empty() || options.right.empty() || options.config.empty() ||
      options.truth.empty())
    throw Error("--left, --right, --config and --truth are needed: see --help");
  if (options.left == options.right) throw Error("--left and --right must differ");
  return options;
}

std::string usage() {
  Options options;
  std::ostringstream out;
  out << described(options);
  return out.str();
}

}  // namespace deadair::middlebox
