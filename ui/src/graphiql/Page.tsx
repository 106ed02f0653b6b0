import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer'
import { useGraphiQL, useMonaco } from '@graphiql/react'
import { GraphiQL, type GraphiQLProps } from 'graphiql'
import { useEffect, useLayoutEffect, useState, type ReactNode } from 'react'

import { EDITOR_THEMES, themeOf } from './editor.ts'
import { useScheme } from './scheme.ts'

type Given = Required<Pick<GraphiQLProps, 'fetcher' | 'defaultTabs'>>

export function Page({ fetcher, defaultTabs }: Given): ReactNode {
  const scheme = useScheme()
  const [ready, setReady] = useState(false)
  // Before the editor looks: it reads its colours from the tokens.
  useLayoutEffect(() => {
    document.documentElement.dataset['mantineColorScheme'] = scheme
  }, [scheme])
  return (
    <>
      <header className="top">
        <a href="/">
          <Mark />
          Actas
        </a>
        <h1>GraphiQL</h1>
        <p>What you run here is recorded under your name, as everything is.</p>
      </header>
      {/* A tab that is chosen before there are editors would show the first one's text. */}
      <main inert={!ready}>
        <GraphiQL
          defaultEditorToolsVisibility="variables"
          defaultTabs={defaultTabs}
          editorTheme={EDITOR_THEMES}
          fetcher={fetcher}
          forcedTheme={scheme}
          isHeadersEditorEnabled={false}
          plugins={NO_HISTORY}
          referencePlugin={DOC_EXPLORER_PLUGIN}
          schemaDescription
          // What was typed goes with the tab: the next person at this browser does not find it.
          storage={sessionStorage}
        >
          <GraphiQL.Logo>{' '}</GraphiQL.Logo>
          <EditorLook onReady={setReady} scheme={scheme} />
        </GraphiQL>
      </main>
    </>
  )
}

const NO_HISTORY: never[] = []
const FONT = "'JetBrains Mono Variable'"

/** The editors in the console's colours and type. */
function EditorLook({ onReady, scheme }: { onReady: (ready: boolean) => void; scheme: 'light' | 'dark' }): ReactNode {
  const monaco = useMonaco((state) => state.monaco)
  const editors = useGraphiQL((state) => [state.queryEditor, state.variableEditor, state.responseEditor])
  useEffect(() => {
    if (!monaco) return
    monaco.editor.defineTheme(EDITOR_THEMES[scheme], themeOf(scheme))
    monaco.editor.setTheme(EDITOR_THEMES[scheme])
  }, [monaco, scheme])
  useEffect(() => {
    onReady(editors.every(Boolean))
    // The editor measures its letters once: not before they are there.
    void document.fonts.load(`13px ${FONT}`).then(() => {
      for (const editor of editors) editor?.updateOptions({ fontFamily: FONT, fontSize: 13 })
    })
  }, [editors, onReady])
  return null
}

function Mark(): ReactNode {
  return (
    <svg aria-hidden="true" height="22" viewBox="0 0 24 24" width="22">
      <circle cx="12" cy="12" fill="none" r="9" stroke="var(--grey-fill)" strokeWidth="2" />
      <circle cx="12" cy="12" fill="var(--amber-line)" r="4" />
    </svg>
  )
}
