// Renders addresses, ports and names of a flow's ends.
#include "report/flow_ends.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::string_view kArrow = " \u2192 ";
constexpr std::size_t kArrowWidth = 3;

std::string named_server(const Flow& flow) {
  const std::string name = printable_ascii(flow.host);
  return flow.has_ports ? fmt::format("{}:{}", name, flow.server_port) : name;
}

}  // namespace

std::string end_text(const IpAddress& address, std::uint16_t port, bool has_port) {
  std::string text = to_string(address);
  if (!has_port) return text;
  return address.is_v4() ? fmt::format("{}:{}", text, port) : fmt::format("[{}]:{}", text, port);
}

std::string short_ends(const Flow& flow, std::size_t width) {
  const std::string client = end_text(flow.client_ip, flow.client_port, flow.has_ports);
  const std::string server = flow.host.empty()
                                 ? end_text(flow.server_ip, flow.server_port, flow.has_ports)
                                 : named_server(flow);
  const std::size_t room = width - kArrowWidth;
  // The client gives way first, down to half of the room.
  const std::size_t left = room > server.size() ? room - server.size() : 0;
  const std::size_t client_room = std::min(client.size(), std::max(left, room / 2));
  const std::size_t server_room = room - client_room;
  // Of a name its end says most, of an address both ends do.
  return fmt::format(
      "{}{}{}", keep_ends(client, client_room), kArrow,
      flow.host.empty() ? keep_ends(server, server_room) : keep_end(server, server_room));
}

std::string full_ends(const Flow& flow) {
  std::string text =
      fmt::format("{}{}{}", end_text(flow.client_ip, flow.client_port, flow.has_ports), kArrow,
                  end_text(flow.server_ip, flow.server_port, flow.has_ports));
  if (!flow.host.empty()) text += fmt::format(" ({})", printable_ascii(flow.host));
  return text;
}

}  // namespace deadair::report
