-- The subset of Quarto that the manuscript uses, for pandoc: conditional blocks by metadata,
-- numbered figures and tables with cross-references, alt text, callouts.

local numbers = {}          -- identifier -> { words = "Figure", number = 1 }
local counts = { fig = 0, tbl = 0 }
local words = { fig = "Figure", tbl = "Table" }
local flags = {}
local letter = ""           -- before the numbers of a supplement

local function kind_of(identifier)
  return identifier:match("^(fig)%-") or identifier:match("^(tbl)%-")
end

local function truthy(value)
  return value == true or (value ~= nil and pandoc.utils.stringify(value) == "true")
end

local function hidden(div)
  local when, unless = div.attributes["when-meta"], div.attributes["unless-meta"]
  if div.classes:includes("content-visible") then
    return (when and not flags[when]) or (unless and flags[unless])
  end
  return false
end

local function label(identifier)
  local found = numbers[identifier]
  return found and found.words .. "\u{a0}" .. letter .. found.number
end

-- Word counts captions itself, so that a figure that somebody adds gets its number
local function counted(identifier)
  local found = numbers[identifier]
  local mark = "_Ref_" .. identifier:gsub("%-", "_")
  local id = 5000 + 100 * #found.words + found.number
  local field = '<w:bookmarkStart w:id="%d" w:name="%s"/><w:r><w:rPr><w:b/></w:rPr>'
    .. '<w:t xml:space="preserve">%s\u{a0}%s</w:t></w:r><w:fldSimple w:instr=" SEQ %s%s \\* ARABIC ">'
    .. '<w:r><w:rPr><w:b/></w:rPr><w:t>%d</w:t></w:r></w:fldSimple><w:bookmarkEnd w:id="%d"/>'
    .. '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">. </w:t></w:r>' -- no part of the title
  local given = { id, mark, found.words, letter, found.words, letter, found.number, id }
  return pandoc.RawInline("openxml", field:format(table.unpack(given)))
end

local function referred(identifier)
  local field = '<w:fldSimple w:instr=" REF _Ref_%s \\h "><w:r><w:t>%s</w:t></w:r></w:fldSimple>'
  local mark = identifier:gsub("%-", "_")
  return pandoc.RawInline("openxml", field:format(mark, label(identifier)))
end

local function prefix(caption, identifier)
  if FORMAT:match("typst") then return caption end -- Typst numbers them itself
  local first = caption.long[1]
  local lead = { pandoc.Strong { pandoc.Str(label(identifier) .. ".") }, pandoc.Space() }
  if FORMAT == "docx" then
    lead = { counted(identifier) }
  end
  if first and first.content then
    for i = #lead, 1, -1 do first.content:insert(1, lead[i]) end
  end
  return caption
end

local function number(block)
  local kind = kind_of(block.identifier)
  if kind then
    counts[kind] = counts[kind] + 1
    numbers[block.identifier] = { words = words[kind], number = counts[kind] }
    block.caption = prefix(block.caption, block.identifier)
  end
  return block
end

local function figure(block)
  block = block:walk {
    Image = function(image)
      local alt = image.attributes["fig-alt"]
      if alt then
        image.attributes["fig-alt"] = nil
        image.attributes["alt"] = alt
        if FORMAT == "docx" then -- Word's alt text is taken from the image's own caption
          image.caption = { pandoc.Str(alt) }
          image.attributes["alt"] = nil
        elseif FORMAT:match("typst") then -- pandoc writes none; PDF/UA asks for it
          local words = alt:gsub("\\", "\\\\"):gsub('"', '\\"')
          local call = '#image("%s", width: 100%%, alt: "%s")'
          return pandoc.RawInline("typst", call:format(image.src, words))
        end
      end
      return image
    end
  }
  return number(block)
end

local function callout(div)
  for _, class in ipairs(div.classes) do
    if class:match("^callout%-") then
      div.classes = pandoc.List { "callout" }
      if FORMAT:match("typst") then
        local open = '#block(width: 100%, inset: 8pt, stroke: 0.7pt + rgb("#b35c00"))['
        return { pandoc.RawBlock("typst", open), div, pandoc.RawBlock("typst", "]") }
      end
      div.attributes["custom-style"] = "Callout"
      return div
    end
  end
end

local function is_note(block)
  return block and block.t == "Div" and block.classes:includes("table-note")
end

local SHORT = 400 -- characters

-- PDF: a table and its note move together to the top or foot of a page, see typst-header.typ, but not
-- in front of a heading that has little text of its own: tables below it stay there
local function together(blocks)
  if not FORMAT:match("typst") then return end
  local made, headed = pandoc.Blocks {}, false
  for i, block in ipairs(blocks) do
    local noted = is_note(blocks[i + 1])
    if block.t == "Header" then headed = true
    elseif block.t ~= "Table" and not is_note(block) then
      local begins = i > 1 and blocks[i - 1].t == "Header"
      headed = begins and block.t == "Para" and #pandoc.utils.stringify(block) <= SHORT
    end
    local ends = block.t == "Table" and not noted
      or is_note(block) and i > 1 and blocks[i - 1].t == "Table"
    local set = headed and "#headed[" or "#moving["
    if block.t == "Table" then made:insert(pandoc.RawBlock("typst", set)) end
    made:insert(block)
    if ends then made:insert(pandoc.RawBlock("typst", "]")) end
  end
  return made
end

local function note(div)
  if not div.classes:includes("table-note") then return end
  if FORMAT:match("typst") then
    return {
      pandoc.RawBlock("typst", "#block(above: 4pt, below: 14pt)[#set text(size: 8pt)"),
      div,
      pandoc.RawBlock("typst", "]"),
    }
  end
  div.attributes["custom-style"] = "Table Note"
  return div
end

local function reference(cite)
  if #cite.citations == 1 then
    local identifier = cite.citations[1].id
    if kind_of(identifier) then
      if not numbers[identifier] then return pandoc.Strong { pandoc.Str("?@" .. identifier) } end
      if FORMAT == "docx" then return referred(identifier) end
      return pandoc.Link({ pandoc.Str(label(identifier)) }, "#" .. identifier)
    end
  end
end

return {
  {
    Meta = function(meta)
      for key, value in pairs(meta) do flags[key] = truthy(value) end
      if meta.document and pandoc.utils.stringify(meta.document) == "supplement" then
        letter = "S"
      end
      if FORMAT:match("typst") and meta.keywords then -- pandoc writes them without quotes
        for at, word in ipairs(meta.keywords) do
          local quoted = '"' .. pandoc.utils.stringify(word) .. '"'
          meta.keywords[at] = pandoc.MetaInlines { pandoc.RawInline("typst", quoted) }
        end
        return meta
      end
    end
  },
  { Div = function(div) if hidden(div) then return {} end end },
  {
    traverse = "topdown",
    Figure = function(block) return figure(block), false end,
    Table = function(block) return number(block), false end,
  },
  { Blocks = together },
  { Cite = reference },
  { Div = function(div) return note(div) or callout(div) end },
}
