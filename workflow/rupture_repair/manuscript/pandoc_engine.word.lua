-- Pages of the Word file. Word leaves the rest of a page empty where a figure does not fit: it moves
-- no text in front of it. So it is done here, as an editor would: with heights estimated from
-- reference.docx (lengths in points), a figure or a short table that does not fit waits until the text
-- that follows has filled the page. Numbers are given before, and stay in order.
-- With `floats: end` in the metadata (or -M floats=end), tables and figures of the paper follow the
-- references, each on a page of its own, as some journals ask for.

local WIDTH, HEIGHT = 453.5, 700.1
local LINE = { text = 25.3, single = 12.65, cell = 9.8, note = 10.4 }
local SIZE = { text = 11, cell = 8.5, note = 9 }
local ROW, ABOVE, BELOW_FIGURE, BETWEEN_ITEMS = 1.5, 12, 10, 10
local BELOW_CAPTION = { Figure = 12, Table = 6 }
local SLACK = 60       -- the estimate may be wrong by as much: two lines of text
local WHOLE = 0.45     -- part of a page up to which a table is not split
local HOLE = 0.22      -- part of a page that may stay empty before what is taller than TALL of it
local TALL = 0.6
local PATIENCE = { fig = 14, tbl = 4 } -- blocks of text that may go before what waits
local SECTION = 4      -- a new section counts as much
local CELL = "Table Row Kept"  -- a style of reference.docx: stays with the next row
local NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

-- widths of the characters from space to ~ in Times, in thousandths of the size
local TIMES = { 250, 333, 408, 500, 500, 833, 778, 333, 333, 333, 500, 564, 250, 333, 250, 278, 500,
  500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722,
  611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
  722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278,
  778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541 }

local function long(word, size)
  local sum = 0
  for _, code in utf8.codes(word) do sum = sum + (TIMES[code - 31] or 500) end
  return sum * size / 1000
end

local function lines(text, width, size)
  local count, at, space = 1, 0, long(" ", size)
  for word in text:gmatch("[^ \n]+") do -- a no-break space is part of a word
    local wide = long(word, size)
    if at > 0 and at + space + wide > width then count, at = count + 1, wide
    else at = at + (at > 0 and space or 0) + wide end
    if at > width then count, at = count + at // width, at % width end
  end
  return count
end

local function text_of(content)
  local fields = { -- numbers of figures are fields of Word
    RawInline = function(raw)
      local shown = {}
      for part in raw.text:gmatch("<w:t[^>]*>([^<]*)") do shown[#shown + 1] = part end
      return pandoc.Str(table.concat(shown))
    end,
    Note = function() return {} end,
  }
  return pandoc.utils.stringify(pandoc.Blocks(content):walk(fields))
end

local function caption_height(block)
  local count = lines(text_of(block.caption.long), WIDTH, SIZE.text)
  return ABOVE + count * LINE.single + BELOW_CAPTION[block.t]
end

local function figure_height(figure)
  local height = 0
  figure:walk {
    Image = function(image)
      local _, content = pandoc.mediabag.fetch(image.src)
      local size = pandoc.image.size(content)
      height = height + WIDTH * size.height / size.width + BELOW_FIGURE
    end
  }
  return height + caption_height(figure)
end

local function rows_of(block)
  local rows = pandoc.List(block.head.rows):clone()
  for _, body in ipairs(block.bodies) do rows:extend(body.body) end
  return rows
end

local function row_height(row, columns)
  local most = 1
  for at, cell in ipairs(row.cells) do
    local share = columns[at] and columns[at][2] or 1 / #row.cells
    most = math.max(most, lines(text_of(cell.contents), WIDTH * share - 6, SIZE.cell))
  end
  return most * LINE.cell + ROW
end

-- what moves as one: a figure, or a table with its note
local function float(block, note)
  if block.t == "Figure" then
    return { kind = "fig", blocks = { block }, height = figure_height(block) }
  end
  local heights, sum = {}, caption_height(block)
  for i, row in ipairs(rows_of(block)) do
    heights[i] = row_height(row, block.colspecs)
    sum = sum + heights[i]
  end
  local below = note and lines(text_of(note.content), WIDTH, SIZE.note) * LINE.note + 15 or 0
  local height = sum + below
  return { kind = "tbl", blocks = { block, note }, height = height, rows = heights, below = below,
    splits = height > WHOLE * HEIGHT }
end

-- the heading of a table stays with its first rows, its last rows with its note, a short table whole
local function keep(one)
  if one.kind ~= "tbl" then return end
  local rows, noted = rows_of(one.blocks[1]), one.blocks[2] ~= nil
  for i, row in ipairs(rows) do
    local last = i == #rows
    if (not one.splits or i <= 3 or i >= #rows - 2) and (noted or not last) then
      for _, cell in ipairs(row.cells) do
        local text = cell.contents:map(function(block) -- pandoc has a style of its own for Plain
          return block.t == "Plain" and pandoc.Para(block.content) or block
        end)
        if text_of(text) ~= "" then -- an empty paragraph would lose its style
          cell.contents = { pandoc.Div(text, { ["custom-style"] = CELL }) }
        end
      end
    end
  end
end

-- where on its page the text is that was set so far
local y = 0

local function whole(height)
  y = y + height <= HEIGHT and y + height or height
end

local function running(count, line)
  local room = (HEIGHT - y + 1) // line
  if count <= room then y = y + count * line return end
  if room < 2 or count < 4 then room = 0 elseif count - room < 2 then room = count - 2 end
  count = count - room
  local page = HEIGHT // line
  y = (count > page and count % page or count) * line
end

local function set(block)
  if block.t == "RawBlock" then
    if block.text:find('w:type="page"', 1, true) then y = 0 end
  elseif block.t == "Header" then
    local above, height = 8, 18
    if block.level == 1 then above, height = 18, 20 end
    if y + above + height + 2 * LINE.text > HEIGHT then y = 0 end
    y = y + (y > 0 and above or 0) + height
  elseif block.t == "BulletList" or block.t == "OrderedList" then
    for _, item in ipairs(block.content) do
      running(lines(text_of(item), WIDTH - 36, SIZE.text), LINE.single)
      y = y + BETWEEN_ITEMS
    end
  elseif block.t == "Div" then
    running(lines(text_of(block.content), WIDTH, SIZE.text) + 1, LINE.single)
  else
    running(lines(text_of { block }, WIDTH, SIZE.text), LINE.text)
  end
end

local function set_float(one)
  if not one.splits then return whole(one.height) end
  local head = one.rows[1]
  local first = one.height - one.below
  for i = 1, #one.rows do first = first - one.rows[i] end -- the caption
  local begin = first + head + (one.rows[2] or 0) + (one.rows[3] or 0)
  if y + begin > HEIGHT then y = 0 end
  y = y + first
  for _, row in ipairs(one.rows) do
    if y + row > HEIGHT then y = head end
    y = y + row
  end
  whole(one.below)
end

-- whether what waits is set here
local function fits(one)
  local room = HEIGHT - y
  if one.splits then return true end
  if one.height + SLACK <= room then return true end
  local tall = one.height > TALL * HEIGHT or one.patience <= 0
  return tall and room >= LINE.text and room <= HOLE * HEIGHT
end

local function placed(blocks)
  local made, waiting = pandoc.Blocks {}, {}
  y = 0
  local function put(at)
    local one = table.remove(waiting, at)
    keep(one)
    set_float(one)
    made:extend(one.blocks)
  end
  local function try()
    local at, first = 1, {}
    while waiting[at] do
      local one = waiting[at]
      if not first[one.kind] and fits(one) then
        put(at)
        at, first = 1, {}
      else
        first[one.kind] = true
        at = at + 1
      end
    end
  end
  local function wait(blocks_more)
    for _, one in ipairs(waiting) do
      one.patience = one.patience - blocks_more
      one.splits = one.splits or one.kind == "tbl" and one.patience <= 0
    end
  end
  local ended = false
  for i, block in ipairs(blocks) do
    if block.t == "Float" then
      block.patience = PATIENCE[block.kind]
      waiting[#waiting + 1] = block
      try()
    else
      if block.t == "Header" and block.identifier == "references" then
        while waiting[1] do put(1) end
        ended = true
      end
      if block.t == "Header" and block.level == 1 and not ended then -- no table waits so long
        wait(SECTION)
        try()
      end
      made:insert(block)
      if not ended then
        set(block)
        wait(1)
        local after = blocks[i + 1]
        if block.t ~= "Header" and not (block.t == "RawBlock" and after and after.t == "Header") then
          try()
        end
      end
    end
  end
  while waiting[1] do put(1) end
  return made
end

local function at_the_end(blocks)
  local made, floats = pandoc.Blocks {}, { tbl = {}, fig = {} }
  for _, block in ipairs(blocks) do
    if block.t == "Float" then table.insert(floats[block.kind], block) else made:insert(block) end
  end
  for _, kind in ipairs { "tbl", "fig" } do
    for _, one in ipairs(floats[kind]) do
      keep(one)
      made:insert(pandoc.RawBlock("openxml", NEW_PAGE))
      made:extend(one.blocks)
    end
  end
  return made
end

-- the blocks in one row, figures and tables with notes as one each
local function flat(blocks, made)
  for i, block in ipairs(blocks) do
    local before = blocks[i - 1]
    if block.t == "Div" and block.classes:includes("content-visible") then
      flat(block.content, made)
    elseif block.t == "Figure" or block.t == "Table" then
      local after = blocks[i + 1]
      local noted = after and after.t == "Div" and after.classes:includes("table-note")
      local one = float(block, block.t == "Table" and noted and after or nil)
      one.t = "Float"
      made[#made + 1] = one
    elseif not (block.t == "Div" and block.classes:includes("table-note")
        and before and before.t == "Table") then
      made[#made + 1] = block
    end
  end
  return made
end

function Pandoc(document)
  if FORMAT ~= "docx" then return end
  local meta = document.meta
  local own = meta.document and pandoc.utils.stringify(meta.document) == "manuscript"
  local last = own and meta.floats and pandoc.utils.stringify(meta.floats) == "end"
  document.blocks = (last and at_the_end or placed)(flat(document.blocks, {}))
  return document
end
