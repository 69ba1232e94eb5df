-- What Quarto and pandoc do not do by themselves, for both: references from the paper to its
-- supplement and back, the supplement's own numbers in the PDF, pages of the Word file, headers of
-- tables in the page.

local here                  -- "manuscript", "supplement" or nothing
local others = {}           -- identifier -> its label and the document that it stands in

local function text_of(value) return value and pandoc.utils.stringify(value) end

local function meta(given)
  here = text_of(given.document)
  local known = given.elsewhere and here and given.elsewhere[here] or {}
  for identifier, place in pairs(known) do
    others[identifier] = { label = text_of(place[1]), document = text_of(place[2]) }
  end
  if here == "supplement" and given.title then
    given.title = pandoc.Inlines { pandoc.Str("Supplement"), pandoc.Str(":"), pandoc.Space() }
      .. pandoc.Inlines(given.title)
  end
  return given
end

-- a page links to the page beside it; in print a reference is text
local function leading(content, target)
  if FORMAT:match("html") then return pandoc.Link(content, target) end
  return pandoc.Span(content)
end

local function cite(element)
  if #element.citations ~= 1 then return end
  local identifier = element.citations[1].id
  local other = others[identifier]
  if not other then return end
  local label = other.label:gsub(" ", "\u{a0}")
  return leading({ pandoc.Str(label) }, other.document .. ".html#" .. identifier)
end

local function link(element)
  if element.target:match("^%w+%.html#") then return leading(element.content, element.target) end
end

-- Word: single lines of a list are set like text, not like cells of a table
local function loose(list)
  if FORMAT ~= "docx" then return end
  list.content = list.content:map(function(item)
    return pandoc.Blocks(item):map(function(block)
      return block.t == "Plain" and pandoc.Para(block.content) or block
    end)
  end)
  return list
end

local NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

-- Word: a title page
local function header(element)
  if FORMAT == "docx" and here == "manuscript" and element.identifier == "abstract" then
    return { pandoc.RawBlock("openxml", NEW_PAGE), element }
  end
end

-- a page: headers of columns and rows, for those who listen to a table
local function headers(block)
  if not FORMAT:match("html") then return end
  for _, row in ipairs(block.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attr.attributes.scope = "col" end
  end
  for _, body in ipairs(block.bodies) do
    body.row_head_columns = 1
    for _, row in ipairs(body.body) do row.cells[1].attr.attributes.scope = "row" end
  end
  return block
end

local function whole(document)
  if FORMAT:match("html") then -- what the link at the top of the page skips to
    local place = '<div id="content" tabindex="-1"></div>'
    document.blocks:insert(1, pandoc.RawBlock("html", place))
    return document
  end
  if FORMAT:match("typst") and here == "supplement" then
    local set = '#set figure(numbering: n => "S" + str(n))\n#longest.update(8cm)'
    document.blocks:insert(1, pandoc.RawBlock("typst", set))
    return document
  end
end

return {
  { Meta = meta },
  { Cite = cite, Link = link, BulletList = loose, Header = header, Table = headers },
  { Pandoc = whole },
}
